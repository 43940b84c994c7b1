"""Signs of life of the workers, and what was in the hands of those that gave none any more."""

from datetime import datetime, timedelta

from sqlalchemy import String, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from eakte.store.base import Base, UtcDateTime


class Heartbeat(Base):
    """One worker process. The row goes when the process ends in order or its jobs have been taken over."""

    __tablename__ = "heartbeat"

    executor_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    host: Mapped[str] = mapped_column(String(200))
    """Machine and process space: only there does a process number mean something."""
    beat_at: Mapped[datetime]
    reaper: Mapped[str | None] = mapped_column(String(200))
    """Who is taking over the jobs of this worker; two at once would hand a job out twice."""
    reaper_at: Mapped[datetime | None]


class Interruption(Base):
    """How often the same step of a job was cut off by the end of its worker."""

    __tablename__ = "interruption"

    job_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    steps_done: Mapped[int]
    count: Mapped[int]
    at: Mapped[datetime]


def clock(session: Session) -> datetime:
    """Return the database's time: workers on several hosts do not compare their own clocks."""
    return session.scalars(select(func.now(type_=UtcDateTime()))).one()


def beat(session: Session, executor_id: str, host: str) -> None:
    """Note that the worker lives, whatever others have thought of it."""
    now = clock(session)
    row = session.get(Heartbeat, executor_id, with_for_update=True)
    if row is None:
        session.add(Heartbeat(executor_id=executor_id, host=host, beat_at=now))
    else:
        row.beat_at, row.reaper, row.reaper_at = now, None, None


def all_beats(session: Session) -> list[Heartbeat]:
    """Return all workers that have not ended in order."""
    return list(session.scalars(select(Heartbeat).order_by(Heartbeat.executor_id)))


def claim(session: Session, executor_id: str, reaper: str, *, seen: datetime, patience: timedelta) -> bool:
    """Become the one who takes over the jobs of a silent worker.

    Refused where the worker has beaten since *seen*, or where another reaper took it less than *patience* ago; a
    reaper that died in the middle is itself succeeded.
    """
    now = clock(session)
    claimed = session.execute(
        update(Heartbeat)
        .where(Heartbeat.executor_id == executor_id, Heartbeat.beat_at == seen)
        .where(or_(Heartbeat.reaper.is_(None), Heartbeat.reaper == reaper, Heartbeat.reaper_at < now - patience))
        .values(reaper=reaper, reaper_at=now)
        .returning(Heartbeat.executor_id)
    )
    return claimed.first() is not None


def bury(session: Session, executor_id: str) -> None:
    """Remove a worker whose jobs are all back on their queues."""
    session.execute(delete(Heartbeat).where(Heartbeat.executor_id == executor_id))


def interrupted(session: Session, job_id: str, steps_done: int) -> int:
    """Count one more interruption of a job and return how often its present step was interrupted."""
    now = clock(session)
    row = session.get(Interruption, job_id, with_for_update=True)
    if row is None:
        row = Interruption(job_id=job_id, steps_done=steps_done, count=0, at=now)
        session.add(row)
    row.count = row.count + 1 if row.steps_done == steps_done else 1
    row.steps_done, row.at = steps_done, now
    return row.count


def forget_interruptions(session: Session, before: datetime) -> None:
    """Remove the counts of jobs last interrupted before *before*."""
    session.execute(delete(Interruption).where(Interruption.at < before))
