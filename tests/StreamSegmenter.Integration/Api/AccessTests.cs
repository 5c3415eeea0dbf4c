using System.Net;
using System.Net.Http.Headers;
using StreamSegmenter.Host.Demo;
using StreamSegmenter.Host.Http;

namespace StreamSegmenter.Integration.Api;

/// <summary>Attempts at a server that asks for a token.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private const string Token = "a-token-of-this-test";

    private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
    private DemoShop _shop = null!;

    public async ValueTask InitializeAsync()
    {
        TestBroker.RequireEmbedded();
        _shop = await DemoShop.OpenAsync(
            new DemoShopOptions { Overrides = ["http.listen=127.0.0.1:0", $"http.token={Token}"] }, TimeProvider.System, CancellationToken.None);
        _client.BaseAddress = _shop.Address;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _shop.DisposeAsync();
    }

    [Theory]
    [InlineData("/metrics", null, HttpStatusCode.OK)]
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
        for (var guess = 0; guess < AccessGuard.FailuresMax * 2 && !answers.Contains(HttpStatusCode.TooManyRequests); guess++)
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
