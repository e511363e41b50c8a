"""Drills: a centre's private key is away, or a secret of the site."""

from tests.ops.drills import hurry
from tests.ops.drills.registry import Scene, drill, now
from tests.ops.drills.stage import WEB
from tests.ops.drills.telling import NO_ANSWER, PATIENCE

FOUND_BY_THE_DOCTOR = "The hourly check found something that must be mended."


@drill(
    "key-missing",
    happens="The file with a centre's private key is away (moved, a disk not mounted): nobody can open what is sealed to it.",
    sees="/health/ says “key_unusable” within a minute, the dead man's switch misses its pings, and the hourly check mails you.",
    does="Put the file back from the backup of the keys; manage.py doctor names it. What came in meanwhile opens again.",
)
def key_missing(scene: Scene) -> None:
    folder = scene.stage.folder / "centre-keys"
    scene.begins()
    folder.rename(folder.with_name("away"))
    try:
        scene.watch.on_health("key_unusable")
        mailed = scene.watch.mailed(FOUND_BY_THE_DOCTOR)
        scene.watch.switch_silent()
        after = hurry.really(mailed, hurry.doctor(), hurry.ROUND_OF_HOUSEKEEPING)
        scene.is_told("the operator by mail; after a minute /health/ and the switch", after)
    finally:
        mended = now()
        folder.with_name("away").rename(folder)
    scene.recovers(mended)


@drill(
    "secret-missing",
    happens="A secret of the site is away (receipt_lookup_pepper) when the web server starts again.",
    sees="The web server doesn't start, and its journal says in one sentence which secret is missing. The monitor gets no answer.",
    does="Put the secret back from the backup of the keys, never make a new one: no receipt would open. Then systemctl restart "
    "recovery.target.",
)
def secret_missing(scene: Scene) -> None:
    secret = scene.stage.folder / "secrets" / "receipt_lookup_pepper"
    scene.begins()
    secret.rename(secret.with_name("away"))
    try:
        scene.stage.stop(WEB)
        scene.stage.start(WEB)
        seen = scene.watch.on_health(NO_ANSWER)
        deadline = now() + PATIENCE
        while "receipt_lookup_pepper" not in scene.stage.log():
            assert now() < deadline, scene.stage.log()
        done = scene.stage.manage("doctor", "--start")
        assert done.returncode
        assert "receipt_lookup_pepper" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        scene.is_told("whoever starts it; the operator by mail as for a killed web server", hurry.really(seen, hurry.ROUND_OF_MONITOR))
    finally:
        secret.with_name("away").rename(secret)
        mended = now()
        scene.stage.kill(WEB)
        scene.stage.start(WEB)
    scene.recovers(mended)
