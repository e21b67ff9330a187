"""Words of this field by theme and by sector, in English with a few in Welsh.

Folded (no case, accents, apostrophes or hyphens); `*` is any ending, ` ... ` up to three words between. A word stands
here only if it is clear by itself: "support", "risk", "community", "training" and "young people" say nothing. They are
words that any partnership uses; none is taken from one register. Of themes that no word of a sentence makes clear,
better none than a wrong one.
"""

from __future__ import annotations

THEME_WORDS: dict[str, str] = {
    "county-lines": (
        "county line*, criminal exploitation, criminally exploited, cuckoo*, child exploitation, "
        "exploitation desk, at risk of exploitation, about exploitation, exploited children, "
        "runners for dealers, carry drugs, llinellau cyffuriau"
    ),
    "drug-markets": "drug market*, drug deal*, open dealing, dealers, drug supply, supply of drugs",
    "substance-use": (
        "substance use, substance misuse, substance, drug and alcohol, drugs and alcohol, "
        "alcohol and drug*, drug use, drug misuse, cannabis, ketamine, vapes, vaping, nitrous oxide, "
        "addiction, drug treatment, cyffuriau ac alcohol, camddefnyddio sylweddau"
    ),
    "weapon-carrying": "knife*, knives, weapon*, blade*, bladed, stab*, machete*, surrender bin*, cyllell, cyllyll",
    "early-years": (
        "early years, health visit*, under fives, under 5s, toddler*, new baby, babies, nursery, "
        "nurseries, childrens centre*, antenatal, infants, blynyddoedd cynnar"
    ),
    "family-support": (
        "family support, family work*, family help, early help service*, early help team*, "
        "early help hub*, whole family, parenting, parent group*, parents group*, struggling famil*, "
        "family visits, families who struggle, cymorth i deuluoedd, teuluoedd"
    ),
    "domestic-abuse": (
        "domestic abuse, domestic violence, abuse at home, violence at home, violent homes, refuge, "
        "idva*, live* with violence, coercive control, cam drin domestig"
    ),
    "childhood-trauma": "trauma, trauma informed, trauma aware*, adverse childhood, aces, childhood adversity, trawma",
    "mental-health": (
        "mental health, camhs, wellbeing, well being, counsell*, therap* for, anxiety, depression, "
        "bereave*, low mood, self harm, suicid*, psychological, emotional health, bereaved, "
        "iechyd meddwl, lles"
    ),
    "special-needs": (
        "special educational need*, special need*, send, speech and language, speech therap*, "
        "autis*, adhd, neurodivers*, dyslexi*, learning disabilit*, learning difficult*, ehcp*, "
        "anghenion dysgu"
    ),
    "school-belonging": (
        "school attendance, attendance at school, attendance, truan*, persistent absen*, "
        "absence from school, severely absent, belong* at school, school refus*, "
        "transition to secondary, moving up to secondary, start of secondary, presenoldeb"
    ),
    "school-exclusion": (
        "exclusion*, excluded pupil*, excluded from school, suspension*, suspended, managed move*, "
        "alternative provision, pupil referral unit*, fair access, permanently excluded, gwaharddiad*"
    ),
    "after-school-safety": (
        "after school, way home, road home from school, journey to school, journeys to school, "
        "journey home, home from school, school gate*, bus stop*, walking bus, school run, "
        "safe route*, safe haven*, walk* ... home, ar ol ysgol"
    ),
    "trusted-adult": (
        "mentor*, befriend*, trusted adult*, reliable adult*, role model*, detached youth work*, "
        "detached work*, one to one youth work*, oedolyn dibynadwy, mentora"
    ),
    "positive-activities": (
        "youth club*, youth centre*, sport*, football, boxing, basketball, cricket, martial art*, "
        "gym, dance, music*, drama, theatre, art club*, arts, holiday activit*, summer activit*, "
        "summer scheme*, open session*, open access youth, drop in youth, pool table, skate*, "
        "swimming, rugby, netball, youth provision, recording studio, music studio, clwb ieuenctid, "
        "chwaraeon, pel droed"
    ),
    "training-and-work": (
        "apprentice*, employment, employer*, work placement*, work experience, job*, into work, "
        "training and work, routes to work, bricklaying, plumbing, construction course*, vocational, "
        "traineeship*, unemploy*, careers, training provider*, found work, prentisiaeth*, cyflogaeth"
    ),
    "group-conflict": (
        "gang*, group conflict, group violence, mediat*, rival*, quarrel*, restorative, "
        "peer on peer, postcode war*, contextual safeguarding, fall* out with, feud*, gangiau"
    ),
    "online-harm": (
        "online, social media, cyberbull*, digital harm*, internet safety, group chat*, screen time, "
        "online posts, ar lein, sexting, ar y we"
    ),
    "girls-and-young-women": (
        "girls, young women, young womens, womens group*, women and girls, vawg, misogyn*, merched"
    ),
    "children-in-care": (
        "children in care, looked after child*, looked after, care leaver*, leaving care, foster*, "
        "childrens home*, missing child*, missing episode*, missing from home, goes missing, "
        "go missing, going missing, plant mewn gofal"
    ),
    "hospital-intervention": (
        "emergency department*, accident and emergency, hospital bed*, hospital youth work*, "
        "bedside, leav* hospital, assault injur*, trauma ward, hospital intervention, "
        "navigator* in hospital, adran achosion brys"
    ),
    "diversion": (
        "diversion, divert*, out of court, charged, first offence*, minor offence*, "
        "joint decision panel*, community resolution*, first time entrant*, triage for arrest*, "
        "turnaround programme, dargyfeirio"
    ),
    "leaving-custody": (
        "leav* custody, leave* prison, leaving prison, release from, released from, after release, "
        "before release, before ... released, resettlement, through the gate, release meeting, "
        "on release, home from custody, ex offender*, gadael y ddalfa"
    ),
    "safe-places": (
        "cctv, camera*, street light*, lighting, lights, hot spot*, hotspot*, safe space*, "
        "safe place*, patrol*, walkabout*, designing out crime, wardens, stairwell*, estate walk*, "
        "parks safe*, safer streets"
    ),
    "night-time-economy": (
        "night time economy, night time, licensed premises, licensing, door staff, bar staff, pubs, "
        "nightclub*, late levy, taxi rank*, street pastor*, night marshal*, street angel*, "
        "late licen*, pubwatch"
    ),
    "community-trust": (
        "stop and search, community trust, trust in the police, trust between, trust in police, "
        "community cohesion, listening evening*, scrutiny panel*, youth voice, legitimacy, "
        "hate crime, ymddiriedaeth"
    ),
}

SECTOR_WORDS: dict[str, str] = {
    "police": "police, policing, constabulary, constabularies, forces, heddlu",
    "health": (
        "health, hospital*, nhs, integrated care board*, icb*, ambulance, gp, gps, surgery, "
        "school nurs*, clinical, camhs, acute trust*, health visit*, iechyd, ysbyty"
    ),
    "education": (
        "school*, college*, academy, academies, education*, alternative provision, "
        "pupil referral unit*, referral unit*, sixth form*, universit*, teacher*, headteacher*, "
        "training provider*, addysg, ysgol*, coleg*"
    ),
    "social_care": (
        "social care, social services, social work*, childrens services, "
        "children and families service, early help, gofal cymdeithasol"
    ),
    "youth_justice": "youth justice, youth offending, yot, yots, yjs, cyfiawnder ieuenctid",
    "housing": "housing, registered provider*, landlord*, homes, tenant* association*, almo, tai, cymdeithas tai",
    "local_authority": (
        "council*, la, las, local authorit*, borough*, district*, unitary, community safety team*, "
        "community safety, licensing, public health, cyngor, awdurdod lleol"
    ),
    "vcs": (
        "charit*, voluntary, volunteer*, community group*, community interest compan*, cic, cics, "
        "vcs, vcse, social enterprise*, not for profit*, third sector, youth club*, club, clubs, "
        "boxing, football, faith group*, church*, mosque*, gurdwara*, temple*, chapel, "
        "residents group*, residents association*, community organisation*, community association*, "
        "community sport*, women* organisation*, grassroots, groups, youth worker*, "
        "training provider*, community project*, elusen*, gwirfoddol, sport, circle, foodbank*, "
        "trust for young people"
    ),
    "probation": "probation, prawf",
    "fire": "fire, fire and rescue, tan ac achub",
    "prison": "prison, prisons, carchar",
    "youth_custody": (
        "youth custody, young offender institution*, yoi, secure school*, secure home*, "
        "secure training centre*"
    ),
    "local_policing_body": (
        "local policing bod*, police and crime commissioner*, commissioners office*, opcc, pcc, pccs, mopac"
    ),
    "csp": "community safety partnership*, csp, csps",
    "vru": (
        "violence reduction unit*, violence reduction partnership*, violence prevention unit*, "
        "violence prevention partnership*, vru, vrus, vrp, vpu"
    ),
    "young_people": "youth council*, young advisers, youth parliament, youth action group*, young peoples panel*",
}

# Weaker words, in the name of a body only, where no other word says its sector.
NAME_WORDS: dict[str, str] = {
    "vcs": "trust, foundation, communit*, youth, mentor*, association, project, network, arts, young people",
}

# Whole cells that people write in a column "sector", beside the names that we give sectors.
SECTOR_SAID: dict[str, str] = {
    word: sector
    for sector, words in {
        "vcs": "voluntary, voluntary sector, third sector, vcse, vcfse, charity, community, community sector, ngo",
        "education": "school, schools",
        "health": "nhs, health service",
        "local_authority": "council, local authority, la",
        "social_care": "social services, social care, childrens services",
        "youth_justice": "yot, yos, youth justice, youth offending, youth offending service",
        "fire": "fire service, fire and rescue",
        "housing": "housing association",
        "prison": "prison",
        "csp": "csp",
        "vru": "vru",
        "local_policing_body": "pcc",
    }.items()
    for word in words.split(", ")
}
