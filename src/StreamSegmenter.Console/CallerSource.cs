using Microsoft.AspNetCore.Http;
using StreamSegmenter.Api;

namespace StreamSegmenter.ConsolePages;

/// <summary>Says whom a request was let in as.</summary>
public sealed record CallerSource(Func<HttpContext, Caller> Of);
