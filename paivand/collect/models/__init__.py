from .lists import ColumnMapping, ImportBatch, ImportFile, ImportRow

__all__ = ["ColumnMapping", "ImportBatch", "ImportFile", "ImportRow"]
