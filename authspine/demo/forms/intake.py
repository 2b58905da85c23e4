"""The questions of a booking as fields of a form, each by the name that a refusal has for its answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from professionals.rules.starting_points import Question

PREFIX = "answers."
MUST = {"required": "This question must be answered."}


class QuestionsForm(forms.Form):
    """Fields for these questions, filled with what was answered before."""

    def __init__(
        self, sent: Any = None, *, questions: Sequence[Question], answers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(sent, initial={f"{PREFIX}{id}": text for id, text in (answers or {}).items()})
        self.fields |= {f"{PREFIX}{one['id']}": _field(one) for one in questions}

    def questions(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    def answers(self) -> dict[str, str]:
        """What was answered, by question; nothing of what was left empty."""
        said = {name: text for name, text in self.cleaned_data.items() if name.startswith(PREFIX)}
        return {name.removeprefix(PREFIX): text for name, text in said.items() if text}


def _field(question: Question) -> forms.Field:
    asked: dict[str, Any] = {"label": question["prompt"], "required": question["required"]}
    if question["type"] == "choice":
        none = "Choose one" if question["required"] else "No answer"
        options = [("", none), *((option, option) for option in question["options"])]
        errors = MUST | {"invalid_choice": "Choose one of these."}
        return forms.ChoiceField(**asked, choices=options, error_messages=errors)
    # Lines, and no single line: in that the Enter key would take the first free time of the calendar.
    box = forms.Textarea({"rows": 2, "dir": "auto", "autocomplete": "off"})
    return forms.CharField(**asked, max_length=question["max_length"], widget=box, error_messages=MUST)
