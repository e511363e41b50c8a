"""What the worker does. Each task carries an id and nothing else; intake.notifications.outbox makes lost ones good."""

from django_tasks import task


@task()
def deliver(delivery_id: str) -> None:
    """Send one notification of the outbox."""
    # The outbox enqueues this task, so it can't be imported while this module is.
    from intake.notifications import outbox

    outbox.deliver(delivery_id)
