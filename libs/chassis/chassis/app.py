"""The HTTP process of a service, and its event process."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from chassis.messaging import counts, dead_letters
from chassis.observability.log import configure_logging
from chassis.runtime import Runtime, Service
from chassis.settings import Settings, get_settings
from chassis.web import deletions
from chassis.web.document import DescribedAPI, operation_id
from chassis.web.health import add_health
from chassis.web.middleware import ObservabilityMiddleware
from chassis.web.problems import add_problem_handlers

NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""Off: FastAPI would look up OpenTelemetry's providers on every request; `chassis.web.middleware` does this."""

__all__ = ["Runtime", "Service", "create_app", "run_worker"]


def create_app(
    service: Service, settings: Settings | None = None, runtime: Runtime | None = None, *, is_observed: bool = True
) -> FastAPI:
    """The service's app. It serves REST and, with `RUN_WORKER`, also runs the relay, the event handlers and the scheduled jobs.

    `is_observed` is false where an outer application assigns request ids and counts the responses.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        running = app.state.runtime = runtime or Runtime(service, settings or get_settings())
        configure_logging(service.name, running.settings.log_level)
        await running.start()
        freeze_loaded_objects()
        try:
            yield
        finally:
            await running.stop()

    app = DescribedAPI(
        title=service.title,
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        telemetry=NO_TELEMETRY,
        generate_unique_id_function=operation_id,
    )
    if runtime:
        app.state.runtime = runtime
    add_problem_handlers(app)
    counting = [counts.router] if service.take_counts else []
    for router in (*service.routers, *counting, dead_letters.router, deletions.router):
        app.include_router(router)
    add_health(app)
    if is_observed:
        app.add_middleware(ObservabilityMiddleware, service=service.name)
    return app


def freeze_loaded_objects() -> None:
    """Objects loaded until now live as long as the process: full garbage collections that skip them save a tenth of a request."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def run_worker(service: Service) -> None:
    """The event process alone, until SIGTERM or SIGINT."""
    asyncio.run(_work_until_stopped(service))


async def _work_until_stopped(service: Service) -> None:
    runtime = Runtime(service, get_settings())
    configure_logging(service.name, runtime.settings.log_level)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await runtime.start()
    freeze_loaded_objects()
    await stopped.wait()
    await runtime.stop()
