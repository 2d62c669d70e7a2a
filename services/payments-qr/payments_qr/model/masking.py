"""How account and tax numbers are shown to people other than their owner."""


def mask_account(account_no: str) -> str:
    """All characters but the last four as asterisks; of fewer than eight characters, all but the last one."""
    shown = 4 if len(account_no) >= 8 else 1
    return "*" * (len(account_no) - shown) + account_no[-shown:]


def mask_tax_code(tax_code: str | None) -> str | None:
    """Tax codes of enterprises are public; one of twelve digits is a personal number."""
    if tax_code is None or len(tax_code) != 12:
        return tax_code
    return tax_code[:3] + "*" * 7 + tax_code[-2:]
