from .places import Place
from .record import Record, RecordQuerySet, new_id

__all__ = ["Place", "Record", "RecordQuerySet", "new_id"]
