"""Official national figures, with their sources: facts, and the only part of the sample that is not invented.

Returns: UN-ACT, as the field studies give them; the ministry's own record differs by a few in some years. Police and
courts: Trafficking in Persons Reports of the United States.
"""

UN_ACT = "UN-ACT, official returns from Thailand"
OFFICIAL = "Government records of returnees, as given by UN-ACT"
TIP = "Trafficking in Persons Report, United States Department of State"
# Men, women and all together, by year.
RETURNED_FROM_THAILAND = {
    2001: (0, 65, 65),
    2002: (3, 73, 76),
    2003: (2, 79, 81),
    2004: (1, 65, 66),
    2005: (21, 225, 246),
    2006: (9, 249, 258),
    2007: (9, 255, 264),
    2008: (1, 234, 235),
    2009: (7, 148, 155),
    2010: (7, 138, 145),
    2011: (10, 185, 195),
    2012: (26, 169, 195),
    2013: (9, 94, 103),
    2014: (2, 155, 157),
    2015: (4, 101, 105),
    2016: (13, 86, 99),
}
OFFICIAL_RETURNEES = {
    2001: 9750,
    2002: 11400,
    2003: 12150,
    2004: 9600,
    2005: 27677,
    2006: 37591,
    2007: 39905,
    2008: 27550,
}
INVESTIGATIONS = {
    2010: 50,
    2011: 20,
    2012: 49,
    2013: 56,
    2014: 56,
    2015: 38,
    2016: 41,
}
PROSECUTIONS = {
    2012: 47,
    2013: 69,
    2014: 24,
    2015: 31,
    2016: 9,
}
CONVICTIONS = {
    2010: 11,
    2011: 33,
    2012: 37,
    2013: 35,
    2014: 35,
    2015: 21,
    2016: 13,
}


def national_figures() -> bytes:
    """The series as the CSV file that `sala statistics load` reads."""
    lines = ["series,place,year,sex,value,source"]
    for year, figures in RETURNED_FROM_THAILAND.items():
        for sex, value in zip(("male", "female", "total"), figures, strict=True):
            lines.append(f'returned_from_thailand,LA,{year},{sex},{value},"{UN_ACT}"')
    for series, values, source in (
        ("official_returnees", OFFICIAL_RETURNEES, OFFICIAL),
        ("investigations", INVESTIGATIONS, TIP),
        ("prosecutions", PROSECUTIONS, TIP),
        ("convictions", CONVICTIONS, TIP),
    ):
        lines += [f'{series},LA,{year},total,{value},"{source}"' for year, value in values.items()]
    return "\n".join(lines).encode()
