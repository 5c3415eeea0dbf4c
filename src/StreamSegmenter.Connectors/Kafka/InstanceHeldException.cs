namespace StreamSegmenter.Connectors.Kafka;

/// <summary>With the broker's own group protocol (<see cref="GroupProtocol.Consumer"/>) a group lets nobody in under a name that a member
/// still has, be it one that was killed and whose session lasts. Another lane, made later, is let in.</summary>
internal sealed class InstanceHeldException : Exception
{
    internal InstanceHeldException(string group, string instance)
        : base($"group '{group}' still keeps the name '{instance}' (kafka.instance) for another member. If that was killed, its session ends "
            + "soon; if it lives, give each process its own name. Trying again.")
    {
    }
}
