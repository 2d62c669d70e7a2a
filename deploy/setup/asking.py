"""Answers: those of before, those of a file or of the environment, and the rest from the person at the terminal."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping

from deploy.setup.questions import QUESTIONS, Answers, Question

Ask = Callable[[Question], str]


class AnswersMissing(Exception):
    """Without a terminal: which answers are missing or wrong, a sentence each."""


def collect(known: Mapping[str, str], ask: Ask | None) -> Answers:
    """The answer to every question that applies; what is known already is not asked. `ask`: None without a terminal.

    Raises AnswersMissing where a known answer is wrong, or an answer without a default is missing and cannot be asked for.
    """
    answers: Answers = {}
    problems = []
    for question in QUESTIONS:
        if not question.applies(answers):
            continue
        answer = known.get(question.name)
        if answer is None:
            answer = _asked(question, ask) if ask else question.default
        problem = "an answer is needed" if answer is None else question.check(answer)
        if problem:
            problems.append(f"{question.name} ({question.text}): {problem}")
        answers[question.name] = answer or ""
    if problems:
        raise AnswersMissing("\n".join(problems))
    return answers


def _asked(question: Question, ask: Ask) -> str:
    while True:
        answer = ask(question).strip() or question.default
        problem = "An answer is needed." if answer is None else question.check(answer)
        if answer is not None and problem is None:
            return answer
        print(problem)


def at_terminal(question: Question) -> str:
    """Asks a person; what is secret does not appear on the screen."""
    shown = f" [{question.default}]" if question.default else ""
    read = getpass.getpass if question.is_secret else input
    return read(f"{question.text}{shown}: ")
