"""Every table and what belongs to it. Importing this file registers all of them."""

from app.models.alignment import AlignmentMeasure
from app.models.alignment_kpis import KpiComputation, LevelFigure
from app.models.change_requests import ChangeRequest
from app.models.clients import AccessKey, Client
from app.models.commitments import Commitment, CommitmentConcern, CommitmentDate
from app.models.decision_types import DecisionType
from app.models.decisions import (
    Decision,
    DecisionDepartment,
    DecisionDissent,
    DecisionEscalation,
    DecisionGoal,
    DecisionRound,
)
from app.models.departments import Department
from app.models.engagement import EngagementScore, EngagementScoreRevision, EngagementSegment
from app.models.events import Event
from app.models.goals import Goal
from app.models.initiatives import (
    Initiative,
    InitiativeDate,
    InitiativeDepartment,
    InitiativeSupport,
)
from app.models.kpis import Kpi, KpiDepartment, KpiGuard, KpiMeasure
from app.models.linkage import LinkageCheck, LinkageFinding, Waiver
from app.models.links import Link
from app.models.mails import DigestDay, Mail, WithoutDigest
from app.models.measurements import Measurement
from app.models.nodes import Node
from app.models.objectives import Objective
from app.models.organization import Organization, VisionVersion
from app.models.owners import Owner
from app.models.partnerships import Partnership, Talk
from app.models.peer_notes import PeerNote
from app.models.reviews import ParkedItem, Review, ReviewNote, ReviewSnapshot, ReviewStage
from app.models.rituals import CalendarAddress, Ritual, RitualOccurrence, RitualVerdict, RitualVote
from app.models.sign_ins import FailedTry, Password, PasswordLink, SignIn
from app.models.surveys import Survey, SurveyAnswer, SurveyInvitation, SurveyResult
from app.models.targets import Target
from app.models.themes import Theme
from app.models.traffic import Allowance, KeptAnswer

__all__ = [
    "AccessKey",
    "AlignmentMeasure",
    "Allowance",
    "CalendarAddress",
    "ChangeRequest",
    "Client",
    "Commitment",
    "CommitmentConcern",
    "CommitmentDate",
    "Decision",
    "DecisionDepartment",
    "DecisionDissent",
    "DecisionEscalation",
    "DecisionGoal",
    "DecisionRound",
    "DecisionType",
    "Department",
    "DigestDay",
    "EngagementScore",
    "EngagementScoreRevision",
    "EngagementSegment",
    "Event",
    "FailedTry",
    "Goal",
    "Initiative",
    "InitiativeDate",
    "InitiativeDepartment",
    "InitiativeSupport",
    "KeptAnswer",
    "Kpi",
    "KpiComputation",
    "KpiDepartment",
    "KpiGuard",
    "KpiMeasure",
    "LevelFigure",
    "Link",
    "LinkageCheck",
    "LinkageFinding",
    "Mail",
    "Measurement",
    "Node",
    "Objective",
    "Organization",
    "Owner",
    "ParkedItem",
    "Partnership",
    "Password",
    "PasswordLink",
    "PeerNote",
    "Review",
    "ReviewNote",
    "ReviewSnapshot",
    "ReviewStage",
    "Ritual",
    "RitualOccurrence",
    "RitualVerdict",
    "RitualVote",
    "SignIn",
    "Survey",
    "SurveyAnswer",
    "SurveyInvitation",
    "SurveyResult",
    "Talk",
    "Target",
    "Theme",
    "VisionVersion",
    "Waiver",
    "WithoutDigest",
]
