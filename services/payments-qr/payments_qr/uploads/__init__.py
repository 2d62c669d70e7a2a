"""Files that people hand in: settlement files of partners, bill files of suppliers, stall lists of markets.

Only reading and checking: streaming, row by row, no database.
"""
