"""Merchants are found by name without accents."""

from alembic import op
from sqlalchemy import text

from chassis.folding import fold

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute("ALTER TABLE merchant ADD COLUMN name_folded text")
    bind = op.get_bind()
    rows = bind.execute(text("SELECT id, name FROM merchant")).all()
    for row in rows:
        bind.execute(
            text("UPDATE merchant SET name_folded = :folded WHERE id = :id"), {"id": row.id, "folded": fold(row.name)}
        )
