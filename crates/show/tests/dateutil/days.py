"""Says on which days rules of RFC 5545 start, as python-dateutil understands them.

Reads lines of JSON, {"rule", "first_day", "from", "until"}, and prints one list of days for each.
"""

import datetime
import json
import sys

from dateutil.rrule import rrulestr


def day(text):
    return datetime.datetime.fromisoformat(text)


for line in sys.stdin:
    asked = json.loads(line)
    rule = rrulestr(asked["rule"], dtstart=day(asked["first_day"]), ignoretz=True)
    starts = rule.between(day(asked["from"]), day(asked["until"]), inc=True)
    days = sorted({start.date().isoformat() for start in starts})
    print(json.dumps(days))
