namespace StreamSegmenter.Engine.Contracts;

/// <summary>The changelog belongs to another consumer group: two groups on one changelog would overwrite each other's state and
/// positions, so nothing was begun.</summary>
internal sealed class ChangelogTakenException(int partition, string owner, string group) : Exception(
    $"Partition {partition} of the changelog belongs to group '{owner}', and this engine is of group '{group}'. Name a changelog of its own "
    + $"(outputs.topics.changelog); or, where '{group}' is to go on where '{owner}' stopped, stop every engine of '{owner}' and set "
    + $"kafka.previousGroup: {owner}");
