"""Drills: kill -9 of each process of the site, and a worker that is stuck."""

import os
import signal

from tests.ops.drills import faults, hurry
from tests.ops.drills.registry import NOBODY, Scene, drill, now
from tests.ops.drills.stage import HOUSEKEEPING, RESTART_SECONDS, WEB, WORKER
from tests.ops.drills.telling import NO_ANSWER, NO_PAGES

SILENT_WORKER = "The worker is silent"
SILENT_HOUSEKEEPING = "Housekeeping is silent"


@drill(
    "web-worker-killed",
    happens="One of the two processes that answer requests is killed (kill -9, or out of memory).",
    sees="Nothing, or a line in the journal. Whoever was being answered sees a broken connection; their form is still in the browser.",
    does="Nothing: another one is started at once. If it happens again and again, look at the memory (MemoryMax in the unit).",
)
def web_worker_killed(scene: Scene) -> None:
    scene.begins()
    main, *workers = faults.children(scene.stage.processes[WEB].pid)
    os.kill(workers[-1], signal.SIGKILL)
    scene.recovers()
    scene.is_told(f"{NOBODY}, and nobody has to be: the web server starts another at once", 0)
    assert main in faults.children(scene.stage.processes[WEB].pid)


@drill(
    "web-server-killed",
    happens="The web server's main process is killed, and doesn't come back by itself before somebody starts it.",
    sees="A mail “The site needs you: the site’s own address shows no pages”; before it, the monitor gets no "
    "answer. nginx shows kept pages, and 503 for forms.",
    does="systemctl restart recovery-public recovery-staff, then read journalctl -u recovery-public. (The unit tries again after two "
    "seconds by itself, for ever.)",
)
def web_server_killed(scene: Scene) -> None:
    scene.begins()
    scene.stage.kill(WEB)
    scene.watch.on_health(NO_ANSWER)
    told = scene.watch.mailed_without_database(NO_PAGES)
    scene.is_told("the operator by mail; a minute after the fault the monitor of /health/", told)
    mended = now()
    scene.stage.start(WEB)
    scene.recovers(mended)
    scene.recovered = (scene.recovered or 0) + RESTART_SECONDS


@drill(
    "worker-killed",
    happens="The worker, which sends what staff are told, is killed and doesn't come back.",
    sees="A mail “The site needs you” from housekeeping, which meanwhile sends in its place once a minute. The pages name no time and say "
    "whom to call.",
    does="systemctl restart recovery-worker, and read journalctl -u recovery-worker.",
)
def worker_killed(scene: Scene) -> None:
    scene.begins()
    scene.stage.kill(WORKER)
    _is_mailed(scene, SILENT_WORKER, "worker")
    scene.stage.start(WORKER)


@drill(
    "worker-stuck",
    happens="The worker still runs, but does nothing any more (kill -STOP).",
    sees="The same as when it is killed. systemd sees a running process.",
    does="systemctl restart recovery-worker.",
)
def worker_stuck(scene: Scene) -> None:
    scene.begins()
    scene.stage.processes[WORKER].send_signal(signal.SIGSTOP)
    try:
        _is_mailed(scene, SILENT_WORKER, "worker")
    finally:
        scene.stage.processes[WORKER].send_signal(signal.SIGCONT)
    scene.stage.kill(WORKER)
    scene.stage.start(WORKER)


@drill(
    "housekeeping-killed",
    happens="Housekeeping, which watches promised times and erases, is killed and doesn't come back.",
    sees="A mail “The site needs you” from the worker, and the dead man's switch misses its pings.",
    does="systemctl restart recovery-housekeeping, and read journalctl -u recovery-housekeeping.",
)
def housekeeping_killed(scene: Scene) -> None:
    scene.begins()
    scene.stage.kill(HOUSEKEEPING)
    _is_mailed(scene, SILENT_HOUSEKEEPING, "housekeeping")
    scene.stage.start(HOUSEKEEPING)


def _is_mailed(scene: Scene, words: str, part: str) -> None:
    """Wait until operator and lead got the mail, /health/ shows it and the switch is silent; note it."""
    mailed = scene.watch.mailed(words)
    scene.watch.on_health(f"{part}_silent")
    scene.watch.switch_silent()
    after = hurry.really(mailed, hurry.part(part), hurry.ROUND_OF_HOUSEKEEPING)
    scene.is_told("operator and lead by mail; also /health/ and the switch", after)
    scene.more()  # while it is silent
