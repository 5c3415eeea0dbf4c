using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Versions;

namespace StreamSegmenter.Testing.Mutations;

/// <summary>Something broken on purpose, between the lane and the model, to prove that the simulation notices. The engine itself
/// has no place for such things: what is wrong sits in a decorator of its two narrow interfaces, or in the brokers.</summary>
internal sealed record Mutation
{
    public static readonly Mutation None = new();

    /// <summary>False: brokers that fence nobody.</summary>
    public bool Fences { get; init; } = true;

    /// <summary>True: brokers abort a commit that they had confirmed, when a successor ends what seems to be open.</summary>
    public bool UndoesDecisions { get; init; }

    /// <summary>True: a restore does not wait for the transactions that are open.</summary>
    public bool RestoresAtOnce { get; init; }

    /// <summary>False: a restore reads to the end that can be seen, without a transaction too.</summary>
    public bool WritesBarriers { get; init; } = true;

    /// <summary>True: a restore takes the lines of a commit that broke off for good.</summary>
    public bool AppliesUnfinished { get; init; }

    /// <summary>True: a checkpoint counts however old it is.</summary>
    public bool ForgetsAge { get; init; }

    /// <summary>What a process makes of the versions of the definitions.</summary>
    public Func<DefinitionVersions, DefinitionVersions> OfVersions { get; init; } = versions => versions;

    /// <summary>True: shards run as far ahead of each other as they can.</summary>
    public bool IgnoresAlignment { get; init; }

    public Func<ILaneSource, ILaneSource> OfSource { get; init; } = source => source;

    public Func<ILaneSink, ILaneSink> OfSink { get; init; } = sink => sink;
}
