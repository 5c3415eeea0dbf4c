using StreamSegmenter.Engine.Lanes;

namespace StreamSegmenter.Simulation.Mutations;

/// <summary>Something broken on purpose, between the lane and the model, to prove that the simulation notices. The engine itself
/// has no place for such things: what is wrong sits in a decorator of its two narrow interfaces, or in the brokers.</summary>
internal class Mutation
{
    public static readonly Mutation None = new();

    /// <summary>False: brokers that fence nobody.</summary>
    public virtual bool Fences => true;

    /// <summary>True: a restore does not wait for the transactions that are open.</summary>
    public virtual bool RestoresAtOnce => false;

    public virtual ILaneSource Wrap(ILaneSource source) => source;

    public virtual ILaneSink Wrap(ILaneSink sink) => sink;
}
