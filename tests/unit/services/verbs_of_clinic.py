"""Every verb that looks after the clinic, its days and its lists, tried, and all that one must be allowed for it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from ptnotes.db.kdf import Kdf
from ptnotes.domain.audit import Disclosure
from ptnotes.domain.backup import BackupPlan
from ptnotes.domain.importing import DryRun, RowKind
from ptnotes.domain.payers import Payer
from ptnotes.domain.people import Person
from ptnotes.domain.permissions import Act
from ptnotes.domain.treatment import VisitStatus
from ptnotes.services import (
    backup,
    day_list,
    history,
    import_not_added,
    import_undo,
    importing,
    own_values,
    payers,
    people,
    phrases,
    restore,
    retention,
    settings,
)
from tests.clinics import PASSPHRASE
from tests.unit.services.scene import (
    IMPORT_MAP,
    IMPORTS,
    OWN_KEY,
    PHRASE,
    Try,
    appointment,
    authorization,
    coverage,
    imported,
    not_there,
    undo_own_value,
)

OF_CLINIC: dict[str, tuple[set[Act], Try]] = {
    "change_clinic": (
        {Act.ADMINISTER},
        lambda s: settings.change_clinic(s.me, settings.clinic_details(s.boss)),
    ),
    "add_person": (
        {Act.ADMINISTER},
        lambda s: people.add_person(s.me, Person(name="P"), "short"),
    ),
    "change_person": ({Act.ADMINISTER}, lambda s: people.change_person(s.me, Person(name="P", id=99))),
    "give_new_passphrase": (
        {Act.ADMINISTER},
        lambda s: people.give_new_passphrase(s.me, 99, "short"),
    ),
    "remove_person": ({Act.ADMINISTER}, lambda s: people.remove_person(s.me, 99)),
    "break_glass": ({Act.BREAK_GLASS}, lambda s: people.break_glass(s.me, "")),
    "mark_emergencies_seen": ({Act.ADMINISTER}, lambda s: people.mark_emergencies_seen(s.me, 0)),
    "mark_old_keys_seen": ({Act.ADMINISTER}, lambda s: people.mark_old_keys_seen(s.me, 0)),
    "change_record_rules": (
        {Act.ADMINISTER},
        lambda s: retention.change_record_rules(s.me, retention.record_rules(s.boss)),
    ),
    "retention_of": ({Act.VIEW_DEMOGRAPHICS}, lambda s: retention.retention_of(s.me, s.patient_id)),
    "keep_record_until": ({Act.DISPOSE}, lambda s: retention.keep_record_until(s.me, s.patient_id, None)),
    "records_due": ({Act.DISPOSE}, lambda s: retention.records_due(s.me)),
    "disposals": ({Act.DISPOSE}, lambda s: retention.disposals(s.me)),
    "dispose_of_records": (
        {Act.DISPOSE},
        lambda s: retention.dispose_of_records(s.me, [s.patient_id], "Time over", PASSPHRASE),
    ),
    "history_of": ({Act.VIEW_NOTES}, lambda s: history.history_of(s.me, s.patient_id)),
    "clinic_history": ({Act.VIEW_AUDIT}, lambda s: history.clinic_history(s.me)),
    "verify_audit": ({Act.VIEW_AUDIT}, lambda s: history.verify_audit(s.me)),
    "audit_in_backup": (
        {Act.VIEW_AUDIT},
        lambda s: restore.audit_in_backup(s.me, s.me.path.parent / "none", PASSPHRASE),
    ),
    "disclosures_of": ({Act.VIEW_NOTES}, lambda s: history.disclosures_of(s.me, s.patient_id)),
    "record_disclosure": (
        {Act.VIEW_NOTES},
        lambda s: history.record_disclosure(
            s.me,
            Disclosure(patient_id=s.patient_id, what="Report", to_whom="Dr. P. Anand", how="", purpose=""),
        ),
    ),
    "look_at": (IMPORTS, lambda s: importing.look_at(s.me, not_there(s))),
    "dry_run": (IMPORTS, lambda s: importing.dry_run(s.me, not_there(s), IMPORT_MAP)),
    "dry_run_rows": (
        IMPORTS,
        lambda s: importing.dry_run_rows(
            s.me,
            DryRun(path=not_there(s), map=IMPORT_MAP, digest="", rows=0, made=0, duplicates=0, refused=0),
            RowKind.MADE,
        ),
    ),
    "import_patients": (IMPORTS, lambda s: importing.import_patients(s.me, not_there(s), IMPORT_MAP)),
    "rows_not_added": (IMPORTS, lambda s: import_not_added.rows_not_added(s.me, imported(s))),
    "save_not_added": (
        IMPORTS,
        lambda s: import_not_added.save_not_added(s.me, imported(s), not_there(s)),
    ),
    "import_runs": (IMPORTS, lambda s: import_undo.import_runs(s.me)),
    "undo_import": (IMPORTS, lambda s: import_undo.undo_import(s.me, 1)),
    "patients_of_day": ({Act.VIEW_DEMOGRAPHICS}, lambda s: day_list.patients_of_day(s.me)),
    "add_to_day": (
        {Act.EDIT_DEMOGRAPHICS},
        lambda s: day_list.add_to_day(s.me, s.patient_id, date(2026, 3, 2), None),
    ),
    "set_attendance": (
        {Act.EDIT_DEMOGRAPHICS},
        lambda s: day_list.set_attendance(s.me, appointment(s), VisitStatus.MISSED),
    ),
    "take_off_day": ({Act.EDIT_DEMOGRAPHICS}, lambda s: day_list.take_off_day(s.me, [appointment(s)])),
    "look_at_csv": (
        {Act.VIEW_DEMOGRAPHICS},
        lambda s: day_list.look_at_csv(s.me, s.me.path.parent / "none.csv", date(2026, 3, 2)),
    ),
    "add_from_csv": ({Act.EDIT_DEMOGRAPHICS}, lambda s: day_list.add_from_csv(s.me, date(2026, 3, 2), ())),
    "change_payer_rules": (
        {Act.ADMINISTER},
        lambda s: payers.change_payer_rules(s.me, payers.rules_by_payer(s.boss)[0]),
    ),
    "set_own_value": (
        {Act.ADMINISTER},
        lambda s: own_values.set_own_value(s.me, OWN_KEY, Decimal(12), "as we measure"),
    ),
    "undo_own_value": ({Act.ADMINISTER}, undo_own_value),
    "add_payer": ({Act.EDIT_DEMOGRAPHICS}, lambda s: payers.add_payer(s.me, Payer(name="Made-up payer"))),
    "archive_payer": (
        {Act.ADMINISTER},
        lambda s: payers.archive_payer(s.me, payers.add_payer(s.boss, Payer(name="Made-up payer"))),
    ),
    "cover_of": ({Act.VIEW_DEMOGRAPHICS}, lambda s: payers.cover_of(s.me, s.patient_id)),
    "save_coverage": ({Act.EDIT_DEMOGRAPHICS}, lambda s: payers.save_coverage(s.me, coverage(s))),
    "save_authorization": (
        {Act.EDIT_DEMOGRAPHICS},
        lambda s: payers.save_authorization(s.me, authorization(s)),
    ),
    "remove_authorization": (
        {Act.EDIT_DEMOGRAPHICS},
        lambda s: payers.remove_authorization(s.me, payers.save_authorization(s.boss, authorization(s))),
    ),
    "make_recovery_key": ({Act.ADMINISTER}, lambda s: people.make_recovery_key(s.me, kdf=Kdf())),
    "plan_backups": ({Act.ADMINISTER}, lambda s: backup.plan_backups(s.me, BackupPlan(every_hours=0))),
    "save_phrase": ({Act.ADMINISTER}, lambda s: phrases.save_phrase(s.me, PHRASE)),
    "save_phrase: one's own": (
        {Act.CHART_TREATMENT},
        lambda s: phrases.save_phrase(s.me, replace(PHRASE, person_id=s.me.person_id)),
    ),
    "take_away": ({Act.ADMINISTER}, lambda s: phrases.take_away(s.me, replace(PHRASE, short_form="gone"))),
    "bring_back": ({Act.ADMINISTER}, lambda s: phrases.bring_back(s.me, PHRASE)),
}
