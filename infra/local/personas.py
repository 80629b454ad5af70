"""The cast of the simulated funnel: who comes to a B2B SaaS company, and what each kind of visitor does.

Everything here is made up. Addresses use the domains that are reserved for examples.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something a persona does `least` to `most` times; `tool` says which kind of webhook tells of it."""

    event: str
    least: int
    most: int
    tool: str = "segment"
    choices: tuple[dict[str, Any], ...] = ({},)


@dataclass(frozen=True, kw_only=True)
class Persona:
    """A kind of visitor: its share of the funnel, its traits' choices, its acts.

    `recent` is the number of days before now in which its acts happen, the later ones more often. One that
    `wins` became a customer: a deal was opened and won.
    """

    name: str
    share: int
    titles: tuple[str, ...]
    employees: tuple[int, int]
    industries: tuple[str, ...]
    countries: tuple[str, ...]
    domains: tuple[str, ...] = ()
    recent: int = 45
    anonymous: bool = False
    wins: bool = False
    acts: tuple[Act, ...]


def page(path: str, title: str, least: int, most: int) -> Act:
    """Views of one page."""
    properties = {"path": path, "title": title, "url": f"https://www.acme.example{path}"}
    return Act(event="page", least=least, most=most, choices=(properties,))


def email(event: str, least: int, most: int) -> Act:
    """What the email tool tells."""
    campaigns = tuple({"campaign": name} for name in ("spring-launch", "product-news", "webinar-invite"))
    return Act(event=event, least=least, most=most, tool="cloudevents", choices=campaigns)


def webinar(event: str, least: int, most: int) -> Act:
    """What the webinar tool tells."""
    choices = ({"webinar": "Scaling revenue operations"}, {"webinar": "Leads that close"})
    return Act(event=event, least=least, most=most, tool="cloudevents", choices=choices)


def used(least: int, most: int) -> Act:
    """Features used in a trial."""
    features = ("integration", "report", "dashboard", "export", "api_key", "segment_builder")
    return Act(event="Feature Used", least=least, most=most, choices=tuple({"feature": name} for name in features))


CONTENT = ({"title": "Buyer's guide"}, {"title": "Benchmark report"}, {"title": "ROI worksheet"})
CORE_INDUSTRIES = ("software", "saas", "fintech", "financial services", "healthcare", "e-commerce")
OTHER_INDUSTRIES = ("construction", "logistics", "education", "hospitality", "agriculture")
CORE_COUNTRIES = ("US", "GB", "DE", "CA", "NL", "FR")
OTHER_COUNTRIES = ("BR", "IN", "ES", "AU", "PL")

PERSONAS = (
    Persona(
        name="enterprise buyer",
        share=14,
        titles=("VP Marketing", "Chief Revenue Officer", "VP Sales", "CMO"),
        employees=(300, 4000),
        industries=CORE_INDUSTRIES,
        countries=CORE_COUNTRIES,
        recent=12,
        acts=(
            page("/", "Home", 2, 4),
            page("/pricing", "Pricing", 3, 6),
            page("/compare/rival", "Acme or Rival?", 0, 2),
            Act(event="Content Downloaded", least=1, most=2, choices=CONTENT),
            webinar("webinar_attended", 0, 1),
            Act(event="Demo Requested", least=1, most=1),
            Act(event="Trial Started", least=0, most=1),
            used(1, 6),
            email("email_opened", 2, 4),
            email("email_clicked", 1, 4),
        ),
    ),
    Persona(
        name="mid-market evaluator",
        share=20,
        titles=("Head of Growth", "Marketing Director", "Sales Operations Manager", "Demand Generation Lead"),
        employees=(40, 600),
        industries=CORE_INDUSTRIES,
        countries=CORE_COUNTRIES + OTHER_COUNTRIES[:2],
        recent=25,
        acts=(
            page("/", "Home", 1, 3),
            page("/pricing", "Pricing", 1, 3),
            page("/product", "Product", 1, 3),
            webinar("webinar_registered", 0, 1),
            webinar("webinar_attended", 0, 1),
            Act(event="Trial Started", least=0, most=1),
            used(0, 5),
            email("email_opened", 1, 4),
            email("email_clicked", 0, 2),
        ),
    ),
    Persona(
        name="trial user",
        share=14,
        titles=("Founder", "CTO", "Growth Manager", "Revenue Operations Manager"),
        employees=(8, 90),
        industries=CORE_INDUSTRIES,
        countries=CORE_COUNTRIES,
        recent=15,
        acts=(
            page("/pricing", "Pricing", 0, 2),
            page("/docs/start", "Getting started", 1, 4),
            Act(event="Trial Started", least=1, most=1),
            used(5, 12),
            Act(event="Teammate Invited", least=0, most=3),
            email("email_opened", 1, 3),
        ),
    ),
    Persona(
        name="reader",
        share=16,
        titles=("Content Manager", "Marketing Specialist", "Consultant", "Analyst"),
        employees=(5, 2000),
        industries=CORE_INDUSTRIES + OTHER_INDUSTRIES,
        countries=CORE_COUNTRIES + OTHER_COUNTRIES,
        acts=(
            page("/blog/lead-scoring", "What is lead scoring?", 1, 5),
            page("/", "Home", 0, 2),
            Act(event="Content Downloaded", least=1, most=3, choices=CONTENT),
            email("email_opened", 1, 5),
            email("email_clicked", 0, 1),
            email("unsubscribed", 0, 1),
        ),
    ),
    Persona(
        name="customer",
        share=6,
        titles=("Head of Sales", "VP Marketing", "COO"),
        employees=(60, 1500),
        industries=CORE_INDUSTRIES,
        countries=CORE_COUNTRIES,
        recent=40,
        wins=True,
        acts=(
            page("/pricing", "Pricing", 2, 4),
            Act(event="Demo Requested", least=1, most=1),
            Act(event="Trial Started", least=1, most=1),
            used(4, 10),
            Act(event="Teammate Invited", least=1, most=3),
            email("email_clicked", 0, 2),
        ),
    ),
    Persona(
        name="student",
        share=9,
        titles=("Student", "MBA Student", "Intern"),
        employees=(1, 5),
        industries=("education",),
        countries=CORE_COUNTRIES + OTHER_COUNTRIES,
        domains=("students.example.edu",),
        acts=(
            page("/blog/lead-scoring", "What is lead scoring?", 2, 6),
            Act(event="Content Downloaded", least=1, most=3, choices=CONTENT),
            page("/careers", "Careers", 0, 2),
        ),
    ),
    Persona(
        name="competitor",
        share=5,
        titles=("Product Manager", "Competitive Intelligence Lead"),
        employees=(50, 900),
        industries=("software",),
        countries=CORE_COUNTRIES,
        domains=("competitor.example", "rival.example"),
        acts=(
            page("/pricing", "Pricing", 3, 8),
            page("/compare/rival", "Acme or Rival?", 2, 4),
            page("/product", "Product", 2, 5),
            Act(event="Trial Started", least=0, most=1),
        ),
    ),
    Persona(
        name="gone cold",
        share=10,
        titles=("Office Manager", "Marketing Manager", "Owner"),
        employees=(2, 200),
        industries=OTHER_INDUSTRIES,
        countries=CORE_COUNTRIES + OTHER_COUNTRIES,
        acts=(
            page("/", "Home", 1, 1),
            email("email_opened", 0, 1),
            email("email_bounced", 0, 2),
            email("unsubscribed", 0, 1),
        ),
    ),
    Persona(
        name="anonymous visitor",
        share=6,
        titles=(),
        employees=(0, 0),
        industries=(),
        countries=(),
        anonymous=True,
        acts=(page("/", "Home", 1, 2), page("/pricing", "Pricing", 0, 2), page("/blog/news", "News", 0, 2)),
    ),
)

FIRST_NAMES = (
    "Ada", "Amir", "Bea", "Carlos", "Chen", "Dana", "Elif", "Finn", "Grace", "Hugo", "Ines", "Jonas",
    "Kemi", "Lena", "Mateo", "Nadia", "Omar", "Priya", "Quinn", "Rosa", "Sven", "Tariq", "Uma", "Yuki",
)  # fmt: skip
LAST_NAMES = (
    "Abbott", "Berg", "Castro", "Diaz", "Evans", "Fischer", "Garcia", "Haddad", "Ito", "Jansen", "Khan",
    "Larsen", "Moreau", "Novak", "Okafor", "Patel", "Rossi", "Silva", "Turner", "Weber",
)  # fmt: skip
COMPANY_WORDS = (
    "Alder", "Beacon", "Cobalt", "Delta", "Ember", "Fjord", "Granite", "Harbor", "Indigo", "Juniper",
    "Kestrel", "Lumen", "Meridian", "Nimbus", "Orchard", "Pioneer", "Quarry", "Ridge", "Summit", "Tidal",
)  # fmt: skip
COMPANY_KINDS = ("Systems", "Health", "Finance", "Labs", "Commerce", "Cloud", "Works", "Analytics")
