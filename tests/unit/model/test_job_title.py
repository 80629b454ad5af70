"""Job titles as people write them: how senior, and in which department."""

import doctest

import pytest

from leadlight.model import job_title
from leadlight.model.job_title import DEPARTMENTS, SENIORITIES, department, seniority
from leadlight.model.title_words import DEPARTMENT_WORDS, SENIORITY_WORDS

TITLES = """
CEO | executive | -
C.E.O. | executive | -
Co-Founder & CTO | executive | engineering
President & CEO | executive | -
Chief Information Security Officer | executive | it
Chief People Officer | executive | hr
CMO | executive | marketing
COO / Co-owner | executive | operations
Managing Director | executive | -
Partner | executive | -
board member | executive | -
Geschäftsführer | executive | -
Hauptgeschäftsführerin | executive | -
Inhaber | executive | -
Vorstandsvorsitzender | executive | -
Directeur Général | executive | -
PDG | executive | -
Amministratore Delegato | executive | -
Algemeen directeur | executive | -
Prezes Zarządu | executive | -
代表取締役 | executive | -
VP Marketing | vp | marketing
Sr. VP, Global Sales | vp | sales
V.P. Sales | vp | sales
Vice-President, Finance | vp | finance
Executive Vice President | vp | -
VP of People | vp | hr
Head of Demand Gen | director | marketing
Director of Engineering | director | engineering
Director, Business Operations | director | operations
Chief of Staff | director | -
Leiter Marketing | director | marketing
Vertriebsleiterin | director | sales
Entwicklungsleiter | director | engineering
Directrice Marketing | director | marketing
Director Comercial | director | sales
Diretor de Marketing | director | marketing
Dyrektor Sprzedaży | director | sales
Head of IT | director | it
市场总监 | director | marketing
Product Manager | manager | product
Product Marketing Manager | manager | marketing
Mktg Mgr | manager | marketing
Tech Lead | manager | engineering
Team Lead, Customer Support | manager | support
International Sales Manager | manager | sales
Partner Manager | manager | sales
RevOps Manager | manager | operations
Gerente de Ventas | manager | sales
Jefe de Producto | manager | product
Teamleiter Vertrieb | manager | sales
Responsabile Acquisti | manager | operations
Projektleiter | manager | operations
Account Executive | individual | sales
Sales Executive | individual | sales
Executive Assistant | individual | -
Assistant to the CEO | individual | -
Product Owner | individual | product
HR Business Partner | individual | hr
Senior Software Engineer | individual | engineering
Softwareentwickler | individual | engineering
Développeur | individual | engineering
Internal Auditor | individual | finance
Data Scientist | individual | data
UX Designer | individual | design
General Counsel | individual | legal
Student Advisor | individual | -
Consultant | individual | -
Marketing Intern | student | marketing
PhD Student | student | -
Werkstudentin Marketing | student | marketing
Praktikant | student | -
Estagiário | student | -
n/a | - | -
123 | - | -
  | - | -
"""
ROWS = [tuple(part.strip() for part in line.split("|")) for line in TITLES.strip("\n").splitlines()]


@pytest.mark.parametrize(("title", "senior", "works_in"), ROWS)
def test_a_title_says_how_senior_and_where(title: str, senior: str, works_in: str):
    """A dash: it does not say."""
    assert (seniority(title) or "-", department(title) or "-") == (senior, works_in)


def test_every_line_of_words_gives_a_name_of_the_language():
    """What models test for is what titles can say, and nothing else."""
    for words, names in ((SENIORITY_WORDS, SENIORITIES), (DEPARTMENT_WORDS, DEPARTMENTS)):
        assert {line.partition(": ")[0] for line in words.strip().splitlines()} == set(names)


def test_the_examples_of_the_module_hold():
    """Docstrings run."""
    assert doctest.testmod(job_title).failed == 0
