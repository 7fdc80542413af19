"""`8 مايو 2026`: Arabic has no short names of months. Weeks begin on Saturday. Digits are those of the
whole site, with the separators that go with them."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y، H:i"
SHORT_DATE_FORMAT = "j F Y"
SHORT_DATETIME_FORMAT = "j F Y، H:i"
MONTH_DAY_FORMAT = "j F"
WEEKDAY_DATE_FORMAT = "l، j F Y"
WEEKDAY_DAY_FORMAT = "l، j F"
TIME_FORMAT = "H:i"
FIRST_DAY_OF_WEEK = 6
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
