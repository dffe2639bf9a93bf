from .places import Place, PlaceBoundary, PlaceCode, PlaceName
from .record import Record, RecordQuerySet, new_id

__all__ = ["Place", "PlaceBoundary", "PlaceCode", "PlaceName", "Record", "RecordQuerySet", "new_id"]
