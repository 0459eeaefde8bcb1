"""What newswire is in the middle of when a fault comes: how the scene is set, what is run, and what must hold afterwards."""
import dataclasses, shutil
from typing import Callable
from newsroom import Newsroom, said


@dataclasses.dataclass
class Scenario:
    name: str
    edition: int                       # of the publisher's feeds while it runs, and afterwards
    arguments: list
    template: object                   # a store to begin with; None: none
    holds: Callable                    # (newsroom, what it printed) to a list of what is wrong

    def stage(self, binary, folder, publisher):
        """A newsroom in a folder of its own, at the point where the command is about to be run."""
        publisher.edition = self.edition
        newsroom = Newsroom(binary, folder, publisher)
        if self.template:
            shutil.copytree(self.template, newsroom.store)
        return newsroom


def scenarios(binary, folder, publisher):
    """All of them, in an order in which the publisher's edition never goes back."""
    def prepared(name, *steps):
        newsroom = Newsroom(binary, folder / name, publisher)
        for edition, step in steps:
            publisher.edition = edition
            done = getattr(newsroom, step)()
            if done.returncode:
                raise SystemExit(f"faults: without any fault {step} exits {done.returncode}: {said(done)}")
        records, wrong = newsroom.records()
        if wrong or not records:
            raise SystemExit(f"faults: without any fault: {wrong or 'no articles'}")
        return newsroom.store, records

    first_store, first = prepared("first", (1, "poll"))
    second_store, second = prepared("second", (1, "poll"), (2, "poll"))
    assert len(second) > len(first)
    publisher.edition = 1
    poll = ["poll", "--force", "--all", "--json"]
    return [
        Scenario("first poll", 1, poll, None, lambda room, output: room.keeps_articles(first, output)),
        Scenario("next poll", 2, poll, first_store, lambda room, output: room.keeps_second_edition(first, second, output)),
        Scenario("store expire", 2, ["store", "expire", "--before", "3026-01-01"], second_store,
                 lambda room, output: room.remembers(second, output)),
        Scenario("dump --new", 2, ["dump", "--new", "--updates"], second_store,
                 lambda room, output: room.delivers(second, output)),
    ]
