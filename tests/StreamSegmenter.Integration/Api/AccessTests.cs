using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using StreamSegmenter.Host.Demo;
using StreamSegmenter.Host.Http;

namespace StreamSegmenter.Integration.Api;

/// <summary>Attempts at a server that asks for tokens.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private const string Token = "a-token-of-this-test";
    private const string Metrics = "a-token-for-metrics";
    private const string Admin = "a-token-for-steering";
    private const string Proposal = "{\"definitions\":\"{}\",\"basedOn\":\"none\"}";

    private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly ConcurrentQueue<string> _reports = new();
    private DemoShop _shop = null!;

    public async ValueTask InitializeAsync()
    {
        TestBroker.RequireEmbedded();
        _shop = await DemoShop.OpenAsync(
            new DemoShopOptions
            {
                Overrides =
                [
                    "http.listen=127.0.0.1:0",
                    $"http.tokens=[{{name: prometheus, role: metrics, token: {Metrics}}}, {{name: shop, role: read, token: {Token}}}, {{name: lead, role: admin, token: {Admin}}}]",
                ],
                Report = _reports.Enqueue,
            }, TimeProvider.System, CancellationToken.None);
        _client.BaseAddress = _shop.Address;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _shop.DisposeAsync();
    }

    [Theory]
    [InlineData("/metrics", null, HttpStatusCode.Unauthorized)]
    [InlineData("/metrics", "Bearer " + Metrics, HttpStatusCode.OK)]
    [InlineData("/metrics", "Bearer " + Token, HttpStatusCode.OK)]
    [InlineData("/api/v1/status", "Bearer " + Metrics, HttpStatusCode.Forbidden)]
    [InlineData("/", "Bearer " + Metrics, HttpStatusCode.Forbidden)]
    [InlineData("/_blazor/negotiate", "Bearer " + Metrics, HttpStatusCode.Forbidden)]
    [InlineData("/api/v1/status", "Bearer " + Admin, HttpStatusCode.OK)]
    [InlineData("/api/v1/status", "Bearer " + Token + "x", HttpStatusCode.Unauthorized)]
    [InlineData("/api/v1/definitions/versions", null, HttpStatusCode.Unauthorized)]
    [InlineData("/healthz", null, HttpStatusCode.OK)]
    [InlineData("/api/v1/status", null, HttpStatusCode.Unauthorized)]
    [InlineData("/api/v1/status", "Bearer " + Token, HttpStatusCode.OK)]
    [InlineData("/api/v1/status", "bearer " + Token, HttpStatusCode.OK)]
    [InlineData("/api/v1/status", "Bearer wrong", HttpStatusCode.Unauthorized)]
    [InlineData("/api/v1/status", "Bearer ", HttpStatusCode.Unauthorized)]
    [InlineData("/api/v1/status", "Basic " + Token, HttpStatusCode.Unauthorized)]
    [InlineData("/api/v1/status?token=" + Token, null, HttpStatusCode.Unauthorized)]
    [InlineData("/API/V1/status", null, HttpStatusCode.Unauthorized)]
    [InlineData("//api/v1/status", null, HttpStatusCode.Unauthorized)]
    [InlineData("/metrics/../api/v1/status", null, HttpStatusCode.Unauthorized)]
    [InlineData("/metrics%2f..%2fapi/v1/status", null, HttpStatusCode.Unauthorized)]
    [InlineData("/metrics;/api/v1/status", null, HttpStatusCode.Unauthorized)]
    [InlineData("/_blazor/negotiate", null, HttpStatusCode.Unauthorized)]
    [InlineData("/", null, HttpStatusCode.Unauthorized)]
    [InlineData("/choose?language=ko", null, HttpStatusCode.Unauthorized)]
    public async Task Without_the_token_there_is_nothing_of_a_customer(string path, string? authorization, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_shop.Address.GetLeftPart(UriPartial.Authority) + path));
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        using var response = await _client.SendAsync(request);
        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData("plan", null, HttpStatusCode.Unauthorized)]
    [InlineData("plan", Metrics, HttpStatusCode.Forbidden)]
    [InlineData("plan", Token, HttpStatusCode.Forbidden)]
    [InlineData("publish", null, HttpStatusCode.Unauthorized)]
    [InlineData("publish", Token, HttpStatusCode.Forbidden)]
    [InlineData("publish", Admin, HttpStatusCode.Conflict)]
    [InlineData("validate", Token, HttpStatusCode.OK)]
    public async Task Only_an_admin_steers_and_each_attempt_leaves_a_line(string path, string? token, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/definitions/" + path)
        {
            Content = new StringContent(Proposal, new MediaTypeHeaderValue("application/json")),
        };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var response = await _client.SendAsync(request);
        Assert.Equal(status, response.StatusCode);

        var audited = _reports.Where(line => line.StartsWith("audit: ", StringComparison.Ordinal)).ToArray();
        if (path != "validate" && token is Token or Admin)
        {
            Assert.StartsWith($"audit: {(token == Admin ? "lead" : "shop")}: {path} definitions: refused: ", Assert.Single(audited), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(_reports, line => line.Contains(Token, StringComparison.Ordinal) || line.Contains(Admin, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_person_signs_in_once()
    {
        using var page = new HttpRequestMessage(HttpMethod.Get, "/");
        page.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        using var sent = await _client.SendAsync(page);
        Assert.Equal((HttpStatusCode.Redirect, AccessGuard.SignInPath), (sent.StatusCode, sent.Headers.Location?.ToString()));

        using var wrong = await _client.PostAsync(AccessGuard.SignInPath, new FormUrlEncodedContent([new("token", "guess")]));
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.False(wrong.Headers.Contains("Set-Cookie"));
        using var tooLittle = await _client.PostAsync(AccessGuard.SignInPath, new FormUrlEncodedContent([new("token", Metrics)]));
        Assert.Equal(HttpStatusCode.Unauthorized, tooLittle.StatusCode);
        Assert.False(tooLittle.Headers.Contains("Set-Cookie"));

        using var right = await _client.PostAsync(AccessGuard.SignInPath, new FormUrlEncodedContent([new("token", Token)]));
        Assert.Equal(HttpStatusCode.Redirect, right.StatusCode);
        var cookie = right.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Token, cookie, StringComparison.Ordinal);
        using var signedIn = new HttpRequestMessage(HttpMethod.Get, "/api/v1/status");
        signedIn.Headers.Add("Cookie", cookie.Split(';')[0]);
        using var seen = await _client.SendAsync(signedIn);
        Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
    }

    [Fact]
    public async Task Who_guesses_is_refused_for_a_while_even_with_the_right_token()
    {
        var answers = new List<HttpStatusCode>();
        for (var guess = 0; guess < FailedAttempts.FailuresMax * 2 && !answers.Contains(HttpStatusCode.TooManyRequests); guess++)
        {
            answers.Add(await TryAsync($"guess-{guess}"));
        }

        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync(Token));
    }

    private async Task<HttpStatusCode> TryAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/status");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await _client.SendAsync(request);
        return response.StatusCode;
    }
}
