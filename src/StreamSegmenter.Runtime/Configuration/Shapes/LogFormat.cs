namespace StreamSegmenter.Runtime.Configuration.Shapes;

/// <summary>How <c>run</c> writes its log.</summary>
internal enum LogFormat : byte
{
    /// <summary>Sentences on a terminal, <see cref="Logfmt"/> elsewhere.</summary>
    Auto,

    /// <summary>Sentences alone.</summary>
    Text,

    /// <summary>A line of <c>key=value</c> pairs.</summary>
    Logfmt,

    /// <summary>A JSON object on a line.</summary>
    Json,
}
