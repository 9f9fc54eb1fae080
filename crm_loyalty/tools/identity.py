# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Contact data in the form in which two spellings of the same thing are equal.

Only for asking whether two records may be the same person: no mail is sent and no
number dialled to what comes from here.
"""

import re

#: who ignores dots in front of the @, and the other name of the same mailboxes
GMAIL = ("gmail.com", "googlemail.com")
LEAST_DIGITS = 6
_NO_WORD = re.compile(r"[\W_]+")


def email_key(email):
    """The mailbox behind an address.

    Case does not count, nor what follows a plus sign: nearly every provider delivers
    both to one mailbox. Dots count except at Google's.

    :param email: one address without a name, or None
    :return: str; None for what is no address
    """
    name, at, domain = (email or "").strip().lower().rpartition("@")
    name = name.partition("+")[0] or name
    if domain in GMAIL:
        name, domain = name.replace(".", ""), GMAIL[0]
    if not at or not name or not domain:
        return None
    return f"{name}@{domain}"


def phone_key(number, country_code=None):
    """Digits of a telephone number as dialled from abroad, without 00 or +.

    :param number: as typed, or None
    :param country_code: calling code of the country that a number is of which names
        none, such as 44; its leading zero is not dialled from abroad
    :return: str; None for what is too short to be one person's
    """
    # (0) in an international number is what is dialled at home only
    text = re.sub(r"\(0\)", "", number or "").strip()
    digits = re.sub(r"\D", "", text)
    if text.startswith("+"):
        pass
    elif digits.startswith("00"):
        digits = digits[2:]
    elif country_code and digits:
        digits = f"{country_code}{digits.lstrip('0')}"
    return digits if len(digits) >= LEAST_DIGITS else None


def code_key(code):
    """A tax id or account number without blanks, dots, dashes and case; or None."""
    return _NO_WORD.sub("", code or "").upper() or None


def address_key(street, street2, postcode, city, country):
    """Where a letter goes, without blanks, punctuation and case.

    :param country: id or code of the country, or None
    :return: tuple; None for an address without street, or without place
    """
    parts = [code_key(part) for part in (street, street2, postcode, city)]
    if not parts[0] or not (parts[2] or parts[3]):
        return None
    return (*parts, country or None)
