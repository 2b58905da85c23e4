"""Questions say whether they must be answered and how long an answer may be; their ids are short and there once."""

import re

from django.db import migrations

USUAL_ANSWER = 500


def whole(questions):
    """The list in the shape of this version: nothing that was asked is lost."""
    found, seen = [], set()
    for number, one in enumerate(questions if isinstance(questions, list) else [], 1):
        if not isinstance(one, dict):
            continue
        options = list(dict.fromkeys(one.get("options") or []))
        stem = re.sub("[^a-z0-9_-]+", "_", str(one.get("id") or "").lower()).strip("_")[:45] or f"question_{number}"
        id = next(name for name in (stem, *(f"{stem}_{count}" for count in range(2, 200))) if name not in seen)
        seen.add(id)
        found.append(
            {
                "id": id,
                "prompt": one.get("prompt") or id,
                "type": "choice" if options and one.get("type") == "choice" else "text",
                "options": options if one.get("type") == "choice" else [],
                "required": one.get("required", False),
                "max_length": one.get("max_length", USUAL_ANSWER),
            }
        )
    return found


def convert(apps, schema_editor):
    # As the owner of the tables, whom the policies do not bind: every organization's verticals are reached.
    verticals = apps.get_model("professionals", "Vertical")._base_manager.using(schema_editor.connection.alias)
    for vertical in verticals.iterator():
        if vertical.intake_questions != (converted := whole(vertical.intake_questions)):
            vertical.intake_questions = converted
            vertical.save(update_fields=["intake_questions"])


class Migration(migrations.Migration):
    dependencies = [("professionals", "0005_sealed_reasons")]

    operations = [migrations.RunPython(convert, migrations.RunPython.noop)]
