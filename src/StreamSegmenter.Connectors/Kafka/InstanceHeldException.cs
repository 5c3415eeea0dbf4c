namespace StreamSegmenter.Connectors.Kafka;

/// <summary>The group does not let a lane in under its name (<c>kafka.instance</c>), since it knows another member by it. Another lane, made later,
/// may be let in.
/// <list type="bullet">
/// <item>With the broker's own group protocol a group keeps a name for a member that was killed until its session ends; <see cref="InstanceName"/>
/// takes it over.</item>
/// <item>With the classic protocol whoever joins takes the name over. But a coordinator that dies between a lane's joining and its being given
/// partitions takes this knowledge along: the next one knows the killed predecessor by the name, and fences the lane.</item>
/// </list></summary>
internal sealed class InstanceHeldException : Exception
{
    private InstanceHeldException(string message)
        : base(message)
    {
    }

    /// <summary>The client had been a member under that name: another process took it.</summary>
    public bool WasMember { get; private init; }

    /// <summary>The classic protocol: joining anew takes the name.</summary>
    public bool IsFenced { get; private init; }

    internal static InstanceHeldException Held(KafkaSettings settings, bool wasMember) => new(
        $"group '{settings.GroupId}' still keeps the name '{settings.InstanceId}' (kafka.instance) for another member. If that was killed, its session ends "
        + "soon; if it lives, give each process its own name. Trying again.")
    { WasMember = wasMember };

    internal static InstanceHeldException Fenced(KafkaSettings settings) => new(
        $"group '{settings.GroupId}' fenced this lane while it joined, and knows another member by the name '{settings.InstanceId}' (kafka.instance): a "
        + "killed predecessor, as a coordinator does that has just taken over the group; or a living process, then give each its own name. Trying again.")
    {
        IsFenced = true,
    };
}
