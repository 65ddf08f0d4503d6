"""The roadmap's migration checklists, with the boxes ticked that the code can tick."""

from __future__ import annotations

from aurum_refactor.status.values import Box, EndpointStatus, ServiceState, ServiceStatus, State

Checklist = tuple[tuple[str, tuple[Box, ...]], ...]


def endpoint_checklist(endpoint: EndpointStatus) -> Checklist:
    """API Endpoint Migration; what was done outside the code stays blank."""
    has_left = endpoint.state is State.MOVED
    blank = False
    return _sections(
        {
            "Pre-Migration": {
                "Document current behavior and tests": blank,
                "Identify dependencies and consumers": blank,
                "Create migration timeline": blank,
                "Set up monitoring and alerts": blank,
            },
            "Migration Steps": {
                "Create new v2 endpoint with feature flag": blank,
                "Implement parallel testing": blank,
                "Migrate internal consumers": blank,
                "Enable gradual rollout (10%, 50%, 100%)": blank,
                "Deprecate v1 endpoint with timeline": blank,
            },
            "Post-Migration": {
                "Validate metrics and performance": blank,
                "Update documentation": blank,
                "Remove feature flag": blank,
                "Clean up v1 implementation": has_left,
            },
        }
    )


def service_checklist(service: ServiceStatus, *, has_router: bool) -> Checklist:
    """Service Extraction."""
    blank = False
    is_done = service.state is ServiceState.IMPLEMENTED
    is_tested = bool(service.tests) and not service.expected_to_fail
    return _sections(
        {
            "Planning": {
                "Define service boundaries": has_router,
                "Identify data dependencies": service.has_dao,
                "Create interface specification": service.has_interface,
                "Plan testing strategy": blank,
            },
            "Implementation": {
                "Create service interface": service.has_interface,
                "Implement service class": is_done,
                "Create DAO layer": service.has_dao,
                "Add comprehensive tests": is_tested,
                "Update router to use service": service.used_by_router,
            },
            "Validation": {
                "Performance testing": blank,
                "Integration testing": blank,
                "Error handling validation": blank,
                "Documentation update": blank,
            },
        }
    )


def _sections(given: dict[str, dict[str, bool]]) -> Checklist:
    return tuple(
        (title, tuple(Box(text, ticked) for text, ticked in boxes.items()))
        for title, boxes in given.items()
    )
