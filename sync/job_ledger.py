"""The last outcome of every job of the schedule: what health and alarms read."""

from sqlalchemy import Connection, Engine, select

from sync.schedule import JobReport
from warehouse.engine import reading, writing
from warehouse.tables import job


def note_job(engine: Engine, report: JobReport) -> None:
    """Keep how a job ended. A busy lock or a stop neither counts as a failure nor ends a row of them."""
    with writing(engine) as connection:
        before = connection.execute(
            select(job.c.succeeded_at, job.c.failures).where(job.c.name == report.name)
        ).first()
        succeeded_at, failures = (None, 0) if before is None else before
        if report.outcome == "ok":
            succeeded_at, failures = report.ended_at, 0
        elif report.outcome == "failed":
            failures += 1
        _replace(connection, report, succeeded_at, failures)


def successes(engine: Engine) -> dict[str, str]:
    """When each job last went well; jobs that never did are left out."""
    with reading(engine) as connection:
        query = select(job.c.name, job.c.succeeded_at).where(job.c.succeeded_at.is_not(None))
        return {row.name: row.succeeded_at for row in connection.execute(query)}


def failures(engine: Engine, name: str) -> int:
    """How many times in a row a job has failed; 0 for one that never ran."""
    with reading(engine) as connection:
        found = connection.scalar(select(job.c.failures).where(job.c.name == name))
    return int(found or 0)


def _replace(
    connection: Connection, report: JobReport, succeeded_at: str | None, failures: int
) -> None:
    connection.execute(job.delete().where(job.c.name == report.name))
    connection.execute(
        job.insert().values(
            name=report.name,
            started_at=report.started_at,
            ended_at=report.ended_at,
            outcome=report.outcome,
            error=report.error,
            succeeded_at=succeeded_at,
            failures=failures,
        )
    )
