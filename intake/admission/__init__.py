"""The verbs of admission: the pre-screen and the waiting list."""

from intake.admission.prescreens import save_prescreen
from intake.admission.waiting_list import put_on_waiting_list, take_off_waiting_list

__all__ = ["put_on_waiting_list", "save_prescreen", "take_off_waiting_list"]
