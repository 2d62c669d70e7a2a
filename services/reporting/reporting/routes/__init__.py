"""HTTP operations: the reports as data, and the dashboard."""

from reporting.routes import dashboard, exports, reports, stream

__all__ = ["ROUTERS"]

ROUTERS = [reports.router, exports.router, stream.router, dashboard.router]
