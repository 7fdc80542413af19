"""`8 mai 2026`; weeks begin on Sunday, as most who read Portuguese are used to."""

DATE_FORMAT = r"j \d\e F \d\e Y"
DATETIME_FORMAT = r"j \d\e F \d\e Y, H:i"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
MONTH_DAY_FORMAT = "j M"
WEEKDAY_DATE_FORMAT = r"l, j \d\e F \d\e Y"
WEEKDAY_DAY_FORMAT = r"l, j \d\e F"
TIME_FORMAT = "H:i"
FIRST_DAY_OF_WEEK = 0
NUMBER_GROUPING = 3
