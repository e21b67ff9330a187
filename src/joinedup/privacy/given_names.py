"""Given names common in Britain, in all its communities: enough to recognise a column of people.

A name alone proves nothing: it counts beside something said about a person, and never beside an organisation.
"""

GIVEN_NAMES = frozenset(
    """
    aaliyah aaron abdi abdul abdullah abigail abu adam adeel adrian ahmed aidan aiden aisha akeem alan albert alex
    alexander alexandra alfie ali alice alina alisha alison amanda amber amelia amina amir amy ana andre andrea andrew
    angela angus anita ann anna anne anthony archie aria arjun arthur asha ashley asif aswad ava ayaan ayesha barbara
    ben benjamin beth bethany bilal billy bobby brandon brian callum cameron carl carol caroline catherine chantelle
    charlene charles charlie charlotte chelsea chloe chris christian christopher claire connor courtney craig curtis
    daisy daniel danielle darius darnell darren david dean deborah declan deepak demi denise denzel derek diana dominic
    donna dorothy dwayne dylan edward eleanor elijah elizabeth ella ellie ellis emily emma emmanuel eric erin ethan
    evan eve evie ewan faith farah fatima femi fiona florence frances francis frank freddie freya gareth gary gavin
    gemma george georgia gethin graham gwen hamza hannah harley harpreet harriet harrison harry harvey hassan hayley
    heather helen henry holly hussain ian ibrahim imran isaac isabella isabelle isla jack jackson jacob jade jaden jake
    jamal james jamie jane janet jason jasmine javon jay jayden jaydon jenna jennifer jeremy jermaine jess jessica
    joanna joe joel john jonathan jordan joseph josh joshua joyce jude julia julian julie kai kane karen karim kate
    katherine kathryn katie kayden kayla kayleigh keenan keiran keisha keith kelly ken kenneth kerry kevin khadija
    khalid kian kieran kim kirsty kwame kyle kyra lara latoya laura lauren leah lee leo leon leroy lewis liam lily
    linda lisa logan louis louise lucas lucy luis luke lydia maisie malachi malik manpreet marcus margaret maria
    mariam marie mark marlon martin marvin mary maryam mason matthew max maya megan mehmet mia michael michelle
    mohamed mohammad mohammed molly morgan muhammad mustafa nabil nadia naomi natalie natasha nathan neil nia niamh
    nicholas nicola nigel noah nora olamide oliver olivia omar oscar owen pamela parveen patricia patrick paul
    paula peter philip poppy preston priya rachel rafael raheem rahul rajesh rashid rebecca reece rhys richard rita
    rizwan robert robin roisin ronan rosie ross ruby russell ruth ryan saira sally sam samantha samina samir samuel
    sandra sarah scott sean sebastian shanice shannon sharon shaun sheila shelby sian simon sofia sonia sophia sophie
    stacey stefan stephanie stephen steven stuart sunita susan syed tamara tanya tariq tegan theo thomas tia tiffany tim
    timothy toby tom tommy tony tracey trevon trevor tyler tyrell tyrese tyrone usman vanessa victoria vijay wayne
    wendy william yasmin yusuf zac zachary zahra zain zainab zara zoe
    """.split()  # noqa: SIM905
)
