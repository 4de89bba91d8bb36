"""Lines: the numbers a house lends. One item a number, so a number can be on one contract at a time only."""

from chalicelib.models.base import DayAttribute, Table, UnicodeAttribute, table

LENT, QUARANTINED = "lent", "quarantined"


class Line(Table):
    class Meta:
        table_name = table("lines")
        billing_mode = "PAY_PER_REQUEST"

    number = UnicodeAttribute(hash_key=True)  # 0312345678
    house = UnicodeAttribute()
    contract = UnicodeAttribute()
    use = UnicodeAttribute()  # forwarding or listed
    state = UnicodeAttribute()
    lent_on = DayAttribute()
    quarantined_until = DayAttribute(null=True)
