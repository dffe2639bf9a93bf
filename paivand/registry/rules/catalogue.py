"""The services that can reach a person, under the name by which the journey knows them."""

from __future__ import annotations

from paivand.core.rules.journey_codes import COMPLETED, SOURCE, Service, outcome_title, service_title, services

__all__ = ["COMPLETED", "SOURCE", "Service", "outcome_title", "service_title", "services"]
