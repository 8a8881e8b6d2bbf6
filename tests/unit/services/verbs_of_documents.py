"""Every verb of documents and exports, tried, and all that one must be allowed for it."""

from dataclasses import replace
from datetime import date

from ptnotes.domain.audit import Disclosure
from ptnotes.domain.documents import DocumentKind
from ptnotes.domain.letters import LetterChoices
from ptnotes.domain.permissions import Act
from ptnotes.domain.treatment import VisitKind
from ptnotes.services import (
    case,
    discharge_summary,
    document_facts,
    document_file,
    document_signing,
    documents,
    evaluation,
    export_archive,
    export_csv,
    export_fhir,
    face_sheet,
    home_sheet,
    letters,
    report_batch,
    reporting,
    session_note,
)
from tests.clinics import PASSPHRASE
from tests.documents import a_document
from tests.unit.services.scene import LETTER, Try, not_there, read_case, report_due

OF_DOCUMENTS: dict[str, tuple[set[Act], Try]] = {
    "prepare_report": (
        {Act.WRITE_PROGRESS_REPORT, Act.VIEW_NOTES},
        lambda s: reporting.progress_report_data(s.me, s.episode.id or 0),
    ),
    "progress_report_data": (
        {Act.WRITE_PROGRESS_REPORT, Act.VIEW_NOTES},
        lambda s: reporting.progress_report_data(s.me, s.episode.id or 0),
    ),
    "gather": ({Act.VIEW_NOTES}, lambda s: case.gather(s.me, s.episode.id or 0, date(2026, 3, 2))),
    "gather_whole": ({Act.VIEW_NOTES}, lambda s: case.gather_whole(s.me, s.episode.id or 0)),
    "read_case": ({Act.VIEW_NOTES}, read_case),
    "document_facts": (
        {Act.VIEW_NOTES},
        lambda s: document_facts.document_facts(s.me, s.episode.id or 0),
    ),
    "document_file": (
        {Act.VIEW_NOTES, Act.EXPORT},
        lambda s: document_file.document_file(s.me, s.face_sheet(), password="a made-up heron"),
    ),
    "document_file: a face sheet without the chart": (
        {Act.VIEW_DEMOGRAPHICS, Act.EDIT_DEMOGRAPHICS},
        lambda s: document_file.document_file(s.me, s.desk_sheet(), password="a made-up heron"),
    ),
    "document_file: a face sheet without the chart, with FHIR": (
        {Act.EXPORT, Act.VIEW_NOTES, Act.EDIT_DEMOGRAPHICS},
        lambda s: document_file.document_file(s.me, s.desk_sheet(), with_fhir=True),
    ),
    "document_file: with FHIR": (
        {Act.EXPORT, Act.VIEW_NOTES},
        lambda s: document_file.document_file(s.me, s.face_sheet(), with_fhir=True),
    ),
    "reports_due": (
        {Act.VIEW_NOTES, Act.WRITE_PROGRESS_REPORT},
        lambda s: report_batch.reports_due(s.me),
    ),
    "prepare_due_report": (
        {Act.VIEW_NOTES, Act.WRITE_PROGRESS_REPORT},
        lambda s: report_batch.prepare_due_report(s.me, report_due(s)),
    ),
    "give_into": (
        {Act.VIEW_NOTES, Act.EXPORT},
        lambda s: report_batch.give_into(s.me, a_document(s.episode), s.me.path.parent),
    ),
    "require_giving_out": (
        {Act.VIEW_NOTES, Act.EXPORT},
        lambda s: documents.require_giving_out(s.me, a_document(s.episode)),
    ),
    "require_giving_out: a face sheet with the chart": (
        {Act.VIEW_NOTES, Act.EXPORT},
        lambda s: documents.require_giving_out(s.me, s.face_sheet()),
    ),
    "require_giving_out: a face sheet without the chart": (
        {Act.VIEW_DEMOGRAPHICS, Act.EDIT_DEMOGRAPHICS},
        lambda s: documents.require_giving_out(s.me, s.desk_sheet()),
    ),
    "require_giving_out: a report that says it has nothing of the chart": (
        {Act.VIEW_NOTES, Act.EXPORT},
        lambda s: documents.require_giving_out(s.me, replace(a_document(s.episode), tells_chart=False)),
    ),
    "documents_of": ({Act.VIEW_NOTES}, lambda s: documents.documents_of(s.me, s.patient_id)),
    "document_again": ({Act.VIEW_NOTES}, lambda s: documents.document_again(s.me, s.kept_document())),
    "document_again: a face sheet": (
        {Act.VIEW_NOTES},
        lambda s: documents.document_again(s.me, documents.give_out(s.boss, s.face_sheet(), list)),
    ),
    "sign_document": (
        {Act.SIGN, Act.VIEW_NOTES, Act.WRITE_PROGRESS_REPORT},
        lambda s: document_signing.sign_document(s.me, a_document(s.episode), PASSPHRASE),
    ),
    "sign_document: a discharge summary": (
        {Act.SIGN, Act.VIEW_NOTES, Act.DISCHARGE},
        lambda s: document_signing.sign_document(
            s.me, a_document(s.episode, kind=DocumentKind.DISCHARGE_SUMMARY), PASSPHRASE
        ),
    ),
    "with_record": (
        {Act.EXPORT, Act.VIEW_NOTES},
        lambda s: document_file.with_record(s.me, s.face_sheet()),
    ),
    "log_sent": (
        {Act.VIEW_NOTES},
        lambda s: documents.log_sent(
            s.me,
            s.kept_document(),
            Disclosure(patient_id=s.patient_id, what="", to_whom="Dr. P. Anand", how="", purpose=""),
        ),
    ),
    "prepare_discharge_summary": (
        {Act.DISCHARGE, Act.VIEW_NOTES},
        lambda s: discharge_summary.prepare_discharge_summary(
            s.me, s.episode.id or 0, discharge_summary.DischargeChoices()
        ),
    ),
    "prepare_evaluation": (
        {Act.VIEW_NOTES},
        lambda s: evaluation.prepare_evaluation(
            s.me,
            s.episode.id or 0,
            evaluation.EvaluationChoices(session_id=s.draft(VisitKind.EVALUATION).id),
        ),
    ),
    "prepare_session_note": (
        {Act.VIEW_NOTES},
        lambda s: session_note.prepare_session_note(s.me, s.draft().id or 0),
    ),
    "prepare_home_sheet": (
        {Act.VIEW_NOTES},
        lambda s: home_sheet.prepare_home_sheet(s.me, s.episode.id or 0, home_sheet.HomeSheetChoices()),
    ),
    "prepare_face_sheet": (
        {Act.VIEW_DEMOGRAPHICS},
        lambda s: face_sheet.prepare_face_sheet(s.me, s.patient_id),
    ),
    "face_sheet_data": ({Act.VIEW_DEMOGRAPHICS}, lambda s: face_sheet.face_sheet_data(s.me, s.patient_id)),
    "filled": (
        {Act.WRITE_PROGRESS_REPORT, Act.VIEW_NOTES},
        lambda s: letters.filled(s.me, s.episode.id or 0, LETTER),
    ),
    "prepare_letter": (
        {Act.WRITE_PROGRESS_REPORT, Act.VIEW_NOTES},
        lambda s: letters.prepare_letter(
            s.me, s.episode.id or 0, LetterChoices(to="Dr. P. Anand", subject="", text="Tried in a test.")
        ),
    ),
    "save_template": ({Act.ADMINISTER}, lambda s: letters.save_template(s.me, LETTER)),
    "archive_template": (
        {Act.ADMINISTER},
        lambda s: letters.archive_template(s.me, letters.shipped_templates()[0]),
    ),
    "restore_template": ({Act.ADMINISTER}, lambda s: letters.restore_template(s.me, LETTER)),
    "export_fhir": (
        {Act.EXPORT, Act.VIEW_NOTES},
        lambda s: export_fhir.export_fhir(s.me, s.patient_id, not_there(s)),
    ),
    "export_csv": (
        {Act.EXPORT_CLINIC, Act.EXPORT, Act.VIEW_NOTES},
        lambda s: export_csv.export_csv(s.me, not_there(s), PASSPHRASE),
    ),
    "export_archive": (
        {Act.EXPORT_CLINIC, Act.EXPORT, Act.VIEW_NOTES},
        lambda s: export_archive.export_archive(s.me, not_there(s), PASSPHRASE),
    ),
    "require_clinic_export": (
        {Act.EXPORT_CLINIC, Act.EXPORT, Act.VIEW_NOTES},
        lambda s: export_csv.require_clinic_export(s.me, PASSPHRASE),
    ),
    "give_out: a face sheet without the chart": (
        {Act.VIEW_DEMOGRAPHICS, Act.EDIT_DEMOGRAPHICS},
        lambda s: documents.give_out(s.me, s.desk_sheet(), list),
    ),
    "give_out": (
        {Act.VIEW_NOTES, Act.EXPORT},
        lambda s: documents.give_out(s.me, a_document(s.episode), list),
    ),
    "save_out": (
        {Act.VIEW_NOTES, Act.EXPORT},
        lambda s: documents.save_out(s.me, a_document(s.episode), b"%PDF", not_there(s)),
    ),
}
