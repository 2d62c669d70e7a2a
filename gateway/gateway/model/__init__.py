"""Partners with what they hold, their deliveries, the acts of those who administer them, and who signs in as whom."""

from gateway.model.acts import AdministrativeAct
from gateway.model.deliveries import Delivery, DeliveryConflict, DeliveryOutcome
from gateway.model.guesses import Guess
from gateway.model.identity import IdentityLink, Representation
from gateway.model.partners import Agreement, Licence, Partner, PartnerSecret
from gateway.model.sessions import EndedSession
from gateway.model.tables import Table
from gateway.model.teams import TeamListing
from gateway.model.training import TrainingAccount

metadata = Table.metadata

__all__ = [
    "AdministrativeAct",
    "Agreement",
    "Delivery",
    "DeliveryConflict",
    "DeliveryOutcome",
    "EndedSession",
    "Guess",
    "IdentityLink",
    "Licence",
    "Partner",
    "PartnerSecret",
    "Representation",
    "Table",
    "TeamListing",
    "TrainingAccount",
    "metadata",
]
