//! Years of work as people tell them, in the layouts in which they stand.

use super::super::sections::sections;
use super::*;

fn of(text: &str) -> Experience {
    let layout = Layout::new(text);
    let marks = sections(&layout);
    experience(&layout, &marks, NaiveDate::from_ymd_opt(2024, 1, 10).unwrap())
}

/// Texts and the years in them.
fn last(table: &[(&str, f64)]) {
    let wrong: Vec<String> = table
        .iter()
        .map(|(text, years)| (text, years, of(text)))
        .filter(|(_, years, found)| found.years != **years)
        .map(|(text, years, found)| format!("{text:?}: {}, not {years}; {:?}", found.years, found.periods))
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), table.len(), wrong.join("\n"));
}

#[test]
fn overlaps_count_once_and_education_not_at_all() {
    let text = "Experience\nA, Jan 2018 - Dec 2019\nB, Jul 2019 - Dec 2020\nEducation\nBSc 2010 - 2014";
    assert_eq!(of(text).years, 3.0);
    assert_eq!(of(text).level, Level::Mid);
}

#[test]
fn present_is_the_given_day() {
    let found = of("Work Experience\nDeveloper\nJan 2021 – Present");
    assert_eq!((found.years, found.level, found.periods[0].end.clone()), (3.0, Level::Mid, None));
    assert_eq!(found.periods[0].title, "Developer");
}

#[test]
fn years_are_half_open() {
    assert_eq!(of("Experience\nA 2015 - 2018\nB 2018 - 2020").years, 5.0);
    assert_eq!(of("Experience\nA 2019 - 2019").years, 1.0);
    assert_eq!(of("Experience\nIntern, March – August 2019").years, 0.5);
    assert_eq!(of("Experience\nCook, May 2012 – 2014").years, 2.0);
}

#[test]
fn layouts() {
    last(&[
        // One line, above, below, with places, in cells.
        ("Experience\nCook, Inn, Jan 2015 – Dec 2017", 3.0),
        ("Experience\nJan 2015 – Dec 2017\nCook\nInn, Riga", 3.0),
        ("Experience\nCook\nInn, Riga\nJan 2015 – Dec 2017\n- soups", 3.0),
        ("EXPERIENCE\nCook | Inn | 01/2015 - 12/2017 | Riga", 3.0),
        ("Experience\nCook\tInn\tJan 2015\tDec 2017", 3.0),
        ("Experience\nFrom\tTo\tCompany\nJan 2015\tDec 2017\tInn\nJan 2018\tPresent\tHotel", 9.0),
        ("Experience\nCook 06/2010 to 05/2014 Company Name City, State\nBaker 06/2014 to Current Company Name", 13.6),
        ("Experience\nCook\n2015 – 2018\nSchool Dinners Ltd", 3.0),
        ("WORK HISTORY\nCook, 07/2013 Current\nInn - Riga", 10.5),
        ("Employment\nInn, Riga (Jan 2015 –\nDec 2017)", 3.0),
        ("Experience\nCook\nJanuary\n2015 –\nDecember\n2017", 3.0),
        ("Experience\nCook (Inn), since 2020", 4.0),
        ("Experience\nSummer 2019, Harvest helper", 0.3),
        // Union and gaps.
        ("Experience\nA, 2010 – 2014\nB, 2012 – 2016\nC, 2020 – 2022", 8.0),
        ("Experience\nA, Jan 2010 – Jun 2010\nB, Jan 2012 – Jun 2012", 1.0),
        ("Experience\nAcme, 2015 – 2020\nDeveloper, Jan 2015 – Dec 2017\nLead, Jan 2018 – Dec 2019", 5.0),
        ("Experience\nA, 2019 – present\nB, 2019 – present", 5.0),
        // Other parts of the life.
        ("Experience\nA, 2015 – 2018\nEducation\nBSc, 2010 – 2014\nVolunteering\nRed Cross, 2008 – 2015", 3.0),
        ("Experience\nA, 2015 – 2018\nMilitary service\nArmy, 2010 – 2012", 3.0),
        ("Experience\nA, 2015 – 2018\nCertificates\nScrum, Jan 2016 – Jan 2020", 3.0),
        ("Experience\nA, 2015 – 2018\nProjects\nA shop, Jan 2019 – Dec 2020", 3.0),
        ("Experience\nA, 2015 – 2018\nBSc Computer Science, Some University, 2010 – 2014", 3.0),
        ("Experience\nIntern, A, Jun 2017 – Aug 2017\nDeveloper, A, Jan 2018 – Dec 2019", 2.3),
        ("Internships\nIntern, A, Jun 2017 – Aug 2017", 0.3),
        ("Experience\nMBA intern, Acme, Jun 2019 – Aug 2019", 0.3),
        ("Experience\nResearch assistant, University of Tartu, 2015 – 2018", 3.0),
        ("Born 12.05.1990\nTel. 044 555 2012-2014\nExperience\nA, 2015 – 2018", 3.0),
        ("Experience\nA, 2015 – 2018\n- Moved Windows Server 2008/2012 to Azure, serving customers since 1975", 3.0),
        ("Experience\nCook, Inn, 2015 – 2018\n• Wrote the plans of 2019 – 2023", 3.0),
        ("Experience\n• Cook, Inn, 2015 – 2018\n• Baker, Shop, 2018 – 2020", 5.0),
        // No headings at all, or headings torn from what is below them.
        ("Ann Lee\nCook, Inn, Jan 2015 – Dec 2017\nBaker, Shop, Jan 2018 – Dec 2019", 5.0),
        ("Ann Lee\nCook, Inn, Jan 2015 – Dec 2017\nBSc, Some University, 2010 – 2014", 3.0),
        (
            "EXPERIENCE\nEDUCATION\nBSc, Some University, 2010 – 2014\nCook, Inn, Jan 2015 – Dec 2017\nsoups for guests",
            3.0,
        ),
        ("EXPERIENCE\nSKILLS\nCook, Inn, Jan 2015 – Dec 2017\nsoups for guests", 3.0),
        // A whole résumé on one line, as some programs store it.
        (
            "COOK       Summary     Cook with a love for soups and for guests of all ages, glad to work with others, at home in \
             kitchens large and small.       Experience      Cook     Jan 2015   to   Dec 2017      Company Name   －   City  ,   State   \
               Made soups for guests and trained two helpers of the kitchen in all the ways of making them.       Education      \
             High School Diploma   2010   to   2014",
            3.0,
        ),
    ]);
}

#[test]
fn stated_years() {
    last(&[
        ("Summary\nOver 7 years of experience with Java, 3 years with Go. The firm is 40 years old.", 7.0),
        ("Summary\nDeveloper with five years' experience", 5.0),
        ("Summary\nExperience: 10+ yrs", 10.0),
        ("Summary\nCook with 8+ years of experience", 8.0),
        ("Summary\n8+ years’ experience as a cook", 8.0),
        ("Summary\nover 10 years' experience in hotels", 10.0),
        ("Summary\n10 plus years of experience in hotels", 10.0),
        ("Summary\n10+yrs exp in hotels", 10.0),
        ("Summary\n10+ Yrs. of exp.", 10.0),
        ("Summary\nfive years of experience in retail", 5.0),
        ("Summary\nA decade of experience in retail", 10.0),
        ("Summary\nMore than two decades of experience in retail", 20.0),
        ("Summary\nover a decade of progressive leadership experience", 10.0),
        ("Summary\nOver fifteen years in IT", 15.0),
        ("Summary\n15 years in IT", 15.0),
        ("Summary\n6.5 years of experience", 6.5),
        ("Summary\n6,5 Jahre Erfahrung", 6.5),
        ("Summary\nmore than twelve (12) years of experience", 12.0),
        ("Summary\n12 (twelve) years of experience", 12.0),
        ("Summary\ntwenty-five years of experience", 25.0),
        ("Summary\nTwenty five years of professional experience", 25.0),
        ("Summary\n8-10 years of experience", 9.0),
        ("Summary\n2 years and 6 months of experience", 2.5),
        ("Summary\n2 years 6 months of work experience", 2.5),
        ("Summary\n18 months of experience", 1.5),
        ("Summary\ntwo and a half years of experience", 2.5),
        ("Summary\nTotal experience: 7.5 years", 7.5),
        ("Summary\nTotal IT Experience : 9 Years", 9.0),
        ("Summary\nWork experience – 4 years", 4.0),
        ("Summary\nYears of experience: 12", 12.0),
        ("Summary\nWorking as a nurse for 9 years", 9.0),
        ("Summary\nNurse for the past 9 years in hospitals", 9.0),
        ("Summary\nI have worked in banks for over 11 years", 11.0),
        ("Summary\nTaught mathematics; 12 years as a teacher", 12.0),
        ("Summary\nWith over 20 years of hands-on experience", 20.0),
        ("Summary\n20+ year career in hospitality", 20.0),
        ("Summary\nSeasoned chef bringing 14 years of culinary expertise", 14.0),
        ("Summary\n9 years of extensive IT and business experience", 9.0),
        ("Summary\nHaving 3+ years of experience in testing", 3.0),
        ("Summary\n5 year's experience in sales", 5.0),
        ("Summary\nOver 10 years of\nexperience in hotels", 10.0),
        ("Summary\n12 years of service in the Navy", 12.0),
        ("Summary\n4 years of experience with Python, 9 years of experience with Java", 9.0),
        ("Summary\nQA engineer, 3 years of experience in a company of 50 years", 3.0),
        ("Zusammenfassung\nMehr als 10 Jahre Berufserfahrung", 10.0),
        ("Zusammenfassung\n10-jährige Erfahrung als Koch", 10.0),
        ("Zusammenfassung\nfünf Jahre Erfahrung im Verkauf", 5.0),
        ("Profil\nPlus de 10 ans d'expérience", 10.0),
        ("Profil\ndix ans d'expérience dans la vente", 10.0),
        ("Perfil\nMás de 10 años de experiencia", 10.0),
        ("Perfil\ncon cinco años de experiencia en ventas", 5.0),
        ("Про себе\nПонад 10 років досвіду", 10.0),
        ("Про себе\nДосвід роботи — 7 років", 7.0),
        ("Про себе\n5-річний досвід роботи", 5.0),
        ("Про себе\nстаж роботи понад п'ять років", 5.0),
        ("Summary\nOver the last 10 years I have led teams", 10.0),
        ("Summary\nFor more than 15 years, I have taught", 15.0),
        ("Summary\nWork Ex: 3 years", 3.0),
        ("Summary\n2 Yrs 8 Months exp", 2.7),
        ("Summary\nOverall 6+ Years of IT experience, including 3 years in Hadoop", 6.0),
        ("Experience\nCook, Inn (3 years)\nBaker, Shop (2 years)", 5.0),
        ("Skills\nJava (5 years), SQL (3 years)", 5.0),
    ]);
}

#[test]
fn what_is_no_statement() {
    for text in [
        "Skills\nRust",
        "Summary\nMachines with 2 years warranty",
        "Summary\nWrote the 5-year plan",
        "Summary\nI am 18 years old",
        "Summary\nAt a company of 50 years",
        "Summary\n10 years of education",
        "Summary\nGrew sales by 20% in 2 years",
        "Summary\nGrew sales 40% over 3 years",
        "Summary\nCourses for children aged 5 years",
        "Summary\nA firm with 40 years of experience",
        "Summary\nA team with a combined 60 years of experience",
        "Summary\nbegan 12 years ago",
        "Summary\nSold 30 year mortgages",
        "Summary\nEmployee of the year",
        "Summary\nYear-over-year growth",
        "Education\n4 years of experience in laboratories",
        "Summary\nAge: 35 years",
        "Summary\nSigned a 3-year contract",
        "Summary\n24 years, married",
        "Summary\nReports every 2 years",
        "Summary\nFinished within two years",
        "Summary\nManaged a 10 year old company",
        "Summary\nKept 5 years of financial data",
        "Summary\nA budget for 3 years",
    ] {
        assert_eq!(of(text).years, 0.0, "{text}");
    }
}

#[test]
fn more_years_stated_than_dated_are_believed() {
    let summary = "Summary\nCook with over 15 years of experience\nExperience\n";
    last(&[
        (&format!("{summary}Cook, Inn, 2018 – 2020"), 15.0),
        (&format!("{summary}Cook, Inn, 2000 – 2020"), 20.0),
        // What is told of something else than experience proves nothing against dates.
        ("Summary\nGrew up 12 years in Riga\nExperience\nCook, Inn, 2018 – 2020", 2.0),
    ]);
}

#[test]
fn lead_needs_years_and_a_recent_title() {
    assert_eq!(of("Experience\nHead of Data, Acme, 2012 – present").level, Level::Lead);
    assert_eq!(of("Experience\nTeam Lead, Acme, 2008 – 2012\nDeveloper, Beta\n2012 – present").level, Level::Senior);
    assert_eq!(of("Experience\nTeam Lead, Acme, 2020 – present").level, Level::Mid);
    assert!(!is_leading("Lead generation specialist"));
}

#[test]
fn titles_stand_beside_above_or_below() {
    let titles = |text: &str| of(text).periods.into_iter().map(|p| p.title).collect::<Vec<_>>();
    assert_eq!(titles("Experience\nCook, Inn, 2015 – 2018\nBaker\n2018 – 2020"), ["Cook, Inn", "Baker"]);
    assert_eq!(titles("Experience\n2015 – 2018\nCook\nsoups and salads\n2018 – 2020\nBaker"), ["Cook", "Baker"]);
    assert_eq!(titles("Experience\nCook\nJan 2015 - Dec 2017 (3 years)"), ["Cook"]);
}

#[test]
fn future_and_impossible_periods_are_left_out() {
    assert_eq!(of("Experience\nA 2030 - 2040\nB 1960 - 2023").years, 0.0);
}
