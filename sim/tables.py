"""Names of rows and tables, for annotations in kernels.

Each stands for a NumPy record (a row) or record array (a table) whose columns :mod:`sim.state` declares.
To a type checker they are ``Any``: record columns are made at run time; the compiler checks them.
"""

from __future__ import annotations

from typing import Any, TypeAlias

Bond: TypeAlias = Any
Bonds: TypeAlias = Any
Conduct: TypeAlias = Any
Conducts: TypeAlias = Any
Contact: TypeAlias = Any
Contacts: TypeAlias = Any
Control: TypeAlias = Any
ControlTable: TypeAlias = Any
Daily: TypeAlias = Any
Domain: TypeAlias = Any
Domains: TypeAlias = Any
Duties: TypeAlias = Any
Duty: TypeAlias = Any
Edge: TypeAlias = Any
Edges: TypeAlias = Any
Entries: TypeAlias = Any
Entry: TypeAlias = Any
Event: TypeAlias = Any
Ledger: TypeAlias = Any
Level: TypeAlias = Any
Levels: TypeAlias = Any
Memories: TypeAlias = Any
Memory: TypeAlias = Any
ParameterTable: TypeAlias = Any
Parameters: TypeAlias = Any
Place: TypeAlias = Any
Places: TypeAlias = Any
Policy: TypeAlias = Any
PolicyTable: TypeAlias = Any
Post: TypeAlias = Any
Posts: TypeAlias = Any
Programme: TypeAlias = Any
Programmes: TypeAlias = Any
Quarrel: TypeAlias = Any
Quarrels: TypeAlias = Any
Reporter: TypeAlias = Any
Reporters: TypeAlias = Any
Resident: TypeAlias = Any
Residents: TypeAlias = Any
Sample: TypeAlias = Any
SampleDay: TypeAlias = Any
Site: TypeAlias = Any
Sites: TypeAlias = Any
Slot: TypeAlias = Any
Slots: TypeAlias = Any
Staff: TypeAlias = Any
StaffMember: TypeAlias = Any
Switch: TypeAlias = Any
Switches: TypeAlias = Any
TeamTie: TypeAlias = Any
TeamTies: TypeAlias = Any
Tie: TypeAlias = Any
Ties: TypeAlias = Any
Unit: TypeAlias = Any
UnitDay: TypeAlias = Any
Units: TypeAlias = Any
