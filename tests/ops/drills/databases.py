"""Drills: the database server is killed, lost, cut off, silent, or has no room left."""

import shutil
import signal

from tests.ops.drills import faults, hurry, postgres
from tests.ops.drills.keys import FOUND_BY_THE_DOCTOR
from tests.ops.drills.registry import POSTGRESQL, Scene, drill, now
from tests.ops.drills.stage import PARTS, WEB
from tests.ops.drills.telling import NO_ANSWER, NO_DATABASE, PATIENCE
from tests.support.drills import TIMEOUT

MONITOR_AND_SWITCH = "whoever reads the monitor of /health/, and the dead man's switch"
MAIL_FROM_MEMORY = "the operator by mail; a minute after the fault the monitor of /health/ and the switch"
# PostgreSQL takes small changes for a while: then the watch or the doctor still tells.
SILENT = "is silent"
ONLY_POSTGRESQL = {"databases": (POSTGRESQL,), "in_suite": POSTGRESQL}


@drill(
    "postgresql-killed",
    happens="The PostgreSQL server is killed with all its processes, and doesn't come back by itself.",
    sees="A mail “The site needs you: the database doesn’t answer”; before it, /health/ says “database” and the dead man's switch misses "
    "its pings. Forms answer 503, say whom to call, and keep what was typed.",
    does="systemctl start postgresql, and read its log.",
    **ONLY_POSTGRESQL,
)
def postgresql_killed(scene: Scene) -> None:
    server = _server(scene)
    scene.begins()
    server.kill()
    _is_refused_and_told(scene)
    mended = now()
    server.start()
    scene.recovers(mended)
    scene.stage.start_what_died()


@drill(
    "primary-lost",
    happens="The machine of the primary PostgreSQL server is gone with all its data. A synchronous standby has everything that was "
    "acknowledged; somebody promotes it.",
    sees="The same as when PostgreSQL is killed.",
    does="Switch the lost machine off. On the standby, as postgres: /srv/recovery/current/deploy/postgresql/promote. It asks what must be "
    "asked first, and the site finds the standby by itself, because DATABASE_URL names both. Then make a new standby: “The machine that "
    "takes forms is lost” in several-machines.md has each step.",
    **ONLY_POSTGRESQL,
)
def primary_lost(scene: Scene) -> None:
    stage, primary = scene.stage, _server(scene)
    standby = postgres.made(stage.disk.folder / f"standby-{primary.port}")
    standby.follow(primary)
    stage.use(primary, standby)
    stage.restart(*PARTS)
    scene.begins()
    primary.kill()
    shutil.rmtree(primary.data)
    _is_refused_and_told(scene)
    mended = now()
    standby.promote()
    scene.recovers(mended)
    stage.server = standby
    stage.start_what_died()


@drill(
    "network-cut",
    happens="The web server can't reach the database any more: connections are closed and refused. Worker and housekeeping can.",
    sees="/health/ says “database”. Forms answer 503, say whom to call, and keep what was typed.",
    does="Look for what is between them: cable, firewall, address. Nothing has to be restarted.",
    **ONLY_POSTGRESQL,
)
def network_cut(scene: Scene) -> None:
    server = _server(scene)
    with faults.Cable(server.port) as cable:
        scene.stage.restart(WEB, DATABASE_URL=postgres.url_of(server, port=cable.port))
        scene.begins()
        cable.cut()
        scene.visitors.wait_until_seen("503")
        seen = scene.watch.on_health("database")
        scene.is_told("whoever reads the monitor of /health/", hurry.really(seen, hurry.ROUND_OF_MONITOR))
        mended = now()
        cable.mend()
        scene.recovers(mended)
        scene.more()
        scene.stop_visitors()
        scene.stage.restart(WEB)


@drill(
    "disk-full",
    happens="The disk on which the database lies has no room left.",
    sees="With SQLite, pages are shown and forms answer 503; with PostgreSQL, it may stop. Before that, where the disk fills slowly, "
    "a mail: the hourly check looks at the disks of DATA_DIR and of a database on the same machine, and the watch at those of two database "
    "machines. A disk that fills faster is told five minutes after the database takes nothing.",
    does="Free some space (old backups, logs), then systemctl start postgresql if it has stopped.",
)
def disk_full(scene: Scene) -> None:
    stage, disk = scene.stage, scene.stage.disk
    scene.begins()
    disk.fill()
    try:
        deadline = now() + PATIENCE
        while not any(kind.startswith("503") for kind in scene.visitors.seen):
            assert now() < deadline, f"the disk isn't full: {dict(scene.visitors.seen)}"
            disk.top_up()
        scene.watch.on_health("database", "worker_silent", "housekeeping_silent", "doctor.E021", "doctor.E030", "doctor.E031")
        scene.watch.switch_silent()
        if stage.server:
            mailed = scene.watch.mailed(NO_DATABASE, SILENT, FOUND_BY_THE_DOCTOR)
            after = hurry.really(mailed, hurry.doctor(), hurry.ROUND_OF_HOUSEKEEPING)
            scene.is_told(MAIL_FROM_MEMORY, after)
        else:
            scene.is_told(MAIL_FROM_MEMORY, scene.watch.mailed_without_database(NO_DATABASE))
    finally:
        mended = now()
        disk.free()
        for server in stage.servers:
            if server is stage.server and not server.runs():
                server.start()
        stage.start_what_died()
    scene.recovers(mended)


@drill(
    "database-hangs",
    happens="The PostgreSQL server is there and answers nothing (kill -STOP; a disk that hangs, or a cut that closes nothing, is alike).",
    sees="/health/ doesn't answer, and the dead man's switch misses its pings. Visitors wait until nginx gives up; what they typed is in "
    "their browser.",
    does="systemctl restart postgresql (or look at its disk), then read its log.",
    **ONLY_POSTGRESQL,
)
def database_hangs(scene: Scene) -> None:
    server = _server(scene)
    scene.begins()
    for number in faults.children(server.pid()):
        scene.signal(number, signal.SIGSTOP)
    try:
        seen = scene.watch.on_health(NO_ANSWER, "database")
        scene.watch.switch_silent()
        scene.is_told(MONITOR_AND_SWITCH, hurry.really(seen, hurry.ROUND_OF_MONITOR))
        if not scene.is_short:
            scene.visitors.wait_until_seen(TIMEOUT)
    finally:
        mended = now()
        for number in faults.children(server.pid()):
            scene.signal(number, signal.SIGCONT)
    scene.recovers(mended)


def _server(scene: Scene) -> postgres.Server:
    assert scene.stage.server
    return scene.stage.server


def _is_refused_and_told(scene: Scene) -> None:
    """Wait until visitors were refused, /health/ shows it and the switch is silent; note it."""
    scene.visitors.wait_until_seen("503")
    scene.watch.on_health("database", NO_ANSWER)
    scene.watch.switch_silent()
    scene.is_told(MAIL_FROM_MEMORY, scene.watch.mailed_without_database(NO_DATABASE))
