"""Log lines that what visitors send cannot forge."""

from __future__ import annotations

import logging

ESCAPES = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (0x0A, 0x09)}
ESCAPES |= {0x2028: "\\u2028", 0x2029: "\\u2029", 0x0D: "\\r"}


class OneLineFormatter(logging.Formatter):
    """Level, logger and message on one line, control characters escaped; a traceback follows indented."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        record.message = record.getMessage().replace("\n", "\\n")
        line = self.formatMessage(record).translate(ESCAPES)
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            line += "\n    " + record.exc_text.translate(ESCAPES).replace("\n", "\n    ")
        return line


def without_expected_tracebacks(record: logging.LogRecord) -> bool:
    """While the database is away every request fails alike: one line each, not the same traceback a thousand times."""
    if getattr(record, "status_code", None) == 503 and record.exc_info:
        error = record.exc_info[1]
        record.msg, record.args = "%s (%s)", (record.getMessage(), " ".join(str(error).split()))
        record.exc_info = None
    return True
