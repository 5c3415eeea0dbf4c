namespace StreamSegmenter.Api;

/// <summary>Who asks.</summary>
/// <param name="Name">Of the token; on a server that asks for none, this machine.</param>
public sealed record Caller(string Name, bool IsAdmin)
{
    /// <summary>Anybody at this machine.</summary>
    public static Caller ThisMachine { get; } = new("this machine", IsAdmin: true);
}
