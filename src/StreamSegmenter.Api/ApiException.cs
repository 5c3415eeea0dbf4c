namespace StreamSegmenter.Api;

/// <summary>There is no answer: the status code, what is wrong and the nearest remedy.</summary>
public sealed class ApiException(int status, string title, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    public string Title { get; } = title;

    /// <summary>After so many seconds it may be right to ask again; null: it would be the same.</summary>
    public int? RetryAfterSeconds { get; init; }

    public static ApiException BadRequest(string detail) => new(400, "The request is not valid", detail);

    public static ApiException NotFound(string detail) => new(404, "Not found", detail);

    public static ApiException Forbidden(string detail) => new(403, "Not allowed", detail);

    public static ApiException Conflict(string detail) => new(409, "Overtaken", detail);

    public static ApiException NotNow(string detail) => new(503, "There is no whole answer now", detail) { RetryAfterSeconds = 2 };
}
