"""A small file of each format, in the publisher's own shape. The figures are ours."""

SAMPLES = {
    "mps_lsoa": (
        "LSOA Code,LSOA Name,Borough,Major Category,Minor Category,202403,202404,202405\n"
        "E01001714,Hackney 002A,E09000012,VIOLENCE AGAINST THE PERSON,VIOLENCE WITH INJURY,1,0,2\n"
        "E01001714,Hackney 002A,E09000012,ROBBERY,ROBBERY OF PERSONAL PROPERTY,0,1,0\n"
        "E01001714,Hackney 002A,E09000012,BURGLARY,RES BURGLARY OF A HOME,3,1,1\n"
        "E01001715,Hackney 002B,E09000012,VIOLENCE AGAINST THE PERSON,VIOLENCE WITH INJURY,0,4,0\n"
    ),
    "mps_ward": (
        "MajorText,MinorText,WardName,WardCode,LookUp_BoroughName,202403,202404,202405\n"
        "SEXUAL OFFENCES,RAPE,Brownswood,E05009367,Hackney,0,1,0\n"
        "ROBBERY,ROBBERY OF PERSONAL PROPERTY,Heathrow Villages,E05013570,Hillingdon,1,2,3\n"
        "ROBBERY,ROBBERY OF PERSONAL PROPERTY,Heathrow Villages,E05013570,Aviation Security (SO18),10,0,0\n"
    ),
    "mps_borough": (
        "MajorText,MinorText,BoroughName,202403,202404,202405\n"
        "POSSESSION OF WEAPONS,POSSESSION OF WEAPONS,Hackney,20,22,25\n"
        "POSSESSION OF WEAPONS,POSSESSION OF WEAPONS,Hammersmith & Fulham,11,9,8\n"
        "POSSESSION OF WEAPONS,POSSESSION OF WEAPONS,Unknown,5,6,7\n"
    ),
    "knife_crime": (
        "month,area_type,borough_snt,area_name,area_code,crime_type,crime_subtype,measure,offences\n"
        "2024-03,Borough,Hackney,Hackney,E09000012,Knife Crime,Knife Crime,Offences,40\n"
        "2024-04,Borough,Hackney,Hackney,E09000012,Knife Crime,Knife Crime,Offences,38\n"
        "2024-04,Borough,Hillingdon,Hillingdon,E09000017,Knife Crime,Knife Crime,Offences,12\n"
        "2024-04,Borough,Hillingdon,Hillingdon,E09000017,Knife Crime,Knife Crime,Positive Outcomes,3\n"
        "2024-04,Borough,Other / NK,N/K (Legacy Only),,Knife Crime,Knife Crime,Offences,2\n"
    ),
    "policeuk_street": (
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
        "Last outcome category,Context\n"
        "aa1,2024-03,Metropolitan Police Service,Metropolitan Police Service,-0.09,51.57,On or near A,E01001714,"
        "Hackney 002A,Robbery,Under investigation,\n"
        "aa2,2024-03,Metropolitan Police Service,Metropolitan Police Service,-0.09,51.57,On or near A,E01001715,"
        "Hackney 002B,Drugs,Local resolution,\n"
        ",2024-03,Metropolitan Police Service,Metropolitan Police Service,-0.09,51.57,On or near A,E01001714,"
        "Hackney 002A,Anti-social behaviour,,\n"
    ),
    "census_population": (
        "lsoa21cd,lsoa21nm,usual_residents,age_0_15,age_16_24,age_25_34,age_35_49,age_50_64,age_65_plus\n"
        "E01001714,Hackney 002A,1500,300,200,400,300,200,100\n"
        "E01001715,Hackney 002B,1700,310,220,450,350,250,120\n"
    ),
    "iod2025": (
        "lsoa21cd,imd_decile,imd_rank,crime_decile,imd_score,income_score\n"
        "E01001714,2,5000,1,38.5,0.31\n"
        "E01001715,5,15000,2,20.1,0.15\n"
    ),
    "wimd2019": (
        "lsoa11_code,WIMD_decile,Income_decile,Employment_decile,Health_decile,Education_decile,Crime_decile,"
        "WIMD_rank,WIMD_score,Income_score,Health_score,Education_score,Crime_score\n"
        "W01000050,3,4,2,5,6,1,500,31.5,24.1,18.2,12.9,70.5\n"
        "W01000999,8,9,9,7,10,9,1500,9.5,6.1,9.2,2.9,3.5\n"
    ),
    "dfe_lait": (
        "Short Desc,Data item,Years,LA and Regions,Values,LA Number,Region\n"
        "SecFixedEx,Secondary Fixed Period Exclusions,2015/16,Hackney,9.7341099999999994,204,Inner London\n"
        "SecFixedEx,,2016/17,Hackney,6.24E-2,204,Inner London\n"
        "SecFixedEx,,2016/17,City of London,-,201,Inner London\n"
        "SecFixedEx,,2016/17,London,8.1,986,NA\n"
        "Hosp_Adm_Alc_<18yrs,,2013/14-15/16,Hackney,16.5,204,Inner London\n"
    ),
    "fingertips": (
        "Indicator ID,Indicator Name,Parent Code,Parent Name,Area Code,Area Name,Area Type,Sex,Age,Category Type,"
        "Category,Time period,Value,Lower CI 95.0 limit,Upper CI 95.0 limit,Lower CI 99.8 limit,"
        "Upper CI 99.8 limit,Count,Denominator,Value note,Recent Trend,Compared to England value or percentiles,"
        "Compared to percentiles,Time period Sortable,New data,Compared to goal,Time period range\n"
        "11201,Violent crime - hospital admissions for violence (including sexual violence),,,E92000001,England,"
        "England,Persons,All ages,,,2020/21 - 22/23,34.5,34.2,34.8,34.0,35.0,57120,169000000,,,Not compared,"
        "Not compared,20200000,,,3y\n"
        "11201,Violent crime - hospital admissions for violence (including sexual violence),E12000007,London region,"
        "E09000012,Hackney,Counties & UAs (from Apr 2023),Persons,All ages,,,2020/21 - 22/23,51.2,46.1,56.8,43.0,"
        "60.5,395,780000,,Cannot be calculated,Worse,Not compared,20200000,,,3y\n"
        "11201,Violent crime - hospital admissions for violence (including sexual violence),E12000007,London region,"
        "E09000012,Hackney,Counties & UAs (from Apr 2023),Male,All ages,,,2020/21 - 22/23,82.4,72.9,92.7,67.0,99.1,"
        "315,388000,,Cannot be calculated,Worse,Not compared,20200000,,,3y\n"
        "11201,Violent crime - hospital admissions for violence (including sexual violence),E12000007,London region,"
        "E09000017,Hillingdon,Counties & UAs (from Apr 2023),Persons,All ages,,,2020/21 - 22/23,,,,,,,,"
        "Value suppressed for disclosure control due to small count,,Not compared,Not compared,20200000,,,3y\n"
    ),
    "tidy": (
        "place,period,indicator,count,denominator,value\n"
        "E09000012,2023/24,assault-attendances,412,259200,\n"
        "Hillingdon,2023/24,assault-attendances,c,305900,\n"
        "E09000013,2023/24,assault-attendances,,183200,\n"
    ),
}
