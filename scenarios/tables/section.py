"""A table of a scenario's TOML files."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table; a key that is not named here is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
