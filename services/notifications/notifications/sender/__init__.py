"""Sends public events to subscriptions: claims what is due, signs, posts, records every attempt.

`resolver` checks addresses, `signatures` signs, `client` makes one attempt, `claims` takes work, `lanes` runs one
subscription, `recording` stores results, `loop` is what a worker process runs.
"""
