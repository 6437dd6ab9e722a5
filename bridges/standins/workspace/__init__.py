"""The local workspace: Slack on this machine, as strict as Slack, for the demo and the tests alone."""

from bridges.standins.workspace.people import Person
from bridges.standins.workspace.records import Call, OpenView, Ping, StoredFile
from bridges.standins.workspace.workspace import Workspace

__all__ = ["Call", "OpenView", "Person", "Ping", "StoredFile", "Workspace"]
