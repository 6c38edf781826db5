#Requires -Version 7.0
<#
.SYNOPSIS
    The targets of build.sh for Windows, on the same CMake presets.
.DESCRIPTION
    Needs PowerShell 7, CMake, Ninja, a C++20 compiler in the environment (a developer prompt), the .NET 10 SDK, and for the
    native tests GoogleTest where CMake finds it. It installs nothing. Intel MKL is looked for at run time, on x86-64.

    Not tested: nothing of it has run on Windows. What ./build.sh cross win-x64 does has run: MinGW compiles the library and its
    tests, and wine runs those native tests and the tool on golden cases. The managed tests, the demo, training through the C#
    API and this script have not run under wine; MSVC has not seen the sources. This script has run by PowerShell 7.6 on Linux
    with cmake, ctest and dotnet replaced by functions that print what they were called with.
.EXAMPLE
    ./build.ps1 test
#>
[CmdletBinding()]
param(
    [ValidateSet('build', 'test', 'demo', 'cli', 'bindings', 'lint', 'sanitize', 'fuzz', 'accuracy', 'pack', 'clean')]
    [string] $Target = 'build',

    [switch] $NoMkl,

    [Parameter(ValueFromRemainingArguments)]
    [string[]] $Arguments = @()
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version Latest

$artifacts = Join-Path $PSScriptRoot 'artifacts'
$tests = 'Recurrent.Tests', 'Recurrent.Formats.Tests', 'Recurrent.Cli.Tests', 'Recurrent.Bindgen.Tests'

function Invoke-Tool {
    param([string] $Command, [string[]] $Parameters = @())
    & $Command @Parameters
    if ($LASTEXITCODE -ne 0) { throw "$Command $Parameters ended with $LASTEXITCODE" }
}

function Build-Native {
    Invoke-Tool cmake '--preset', 'release'
    Invoke-Tool cmake '--build', '--preset', 'release'
}

function Build-Managed { Invoke-Tool dotnet 'build', 'Recurrent.sln', '-c', 'Release' }

function Build-All { Build-Native; Build-Managed }

function Invoke-Application {
    param([string] $Name, [string[]] $Parameters = @())
    Invoke-Tool dotnet (@((Join-Path $artifacts "dotnet/bin/$Name/release/$Name.dll")) + $Parameters)
}

# Where RECURRENT_MKL points, and only there, the library looks: in an empty folder.
if ($NoMkl) {
    $env:RECURRENT_MKL = (New-Item -ItemType Directory -Force (Join-Path $artifacts 'no-mkl')).FullName
    Remove-Item Env:MKLROOT -ErrorAction SilentlyContinue
}

$caller = (Get-Location).Path
Push-Location $PSScriptRoot
try {
    switch ($Target) {
        'build' { Build-All }
        'test' {
            Build-All
            Invoke-Tool ctest '--preset', 'release'
            foreach ($test in $tests) {
                Invoke-Tool dotnet 'test', '--project', "tests/$test", '-c', 'Release', '--no-build'
            }
        }
        'demo' { Build-All; Invoke-Application Recurrent.Demo $Arguments }
        # Paths are those of the caller's folder.
        'cli' { Build-All; Set-Location $caller; Invoke-Application Recurrent.Cli $Arguments }
        'bindings' { Build-Managed; Invoke-Application Recurrent.Bindgen }
        'lint' {
            Build-Managed
            Invoke-Tool dotnet 'format', 'Recurrent.sln', '--verify-no-changes', '--no-restore'
            Invoke-Application Recurrent.Bindgen '--check'
        }
        'sanitize' {
            throw 'sanitize needs GCC or Clang on Linux, where ./build.sh sanitize does it: MSVC has no UndefinedBehaviorSanitizer.'
        }
        # Damaged files; programs under sanitizers are drawn on Linux alone.
        'fuzz' { Build-All; Invoke-Application Recurrent.Fuzz $Arguments }
        'accuracy' {
            Build-Native
            $suffix = if ($IsWindows) { '.exe' } else { '' }
            Invoke-Tool (Join-Path $artifacts "native/release/recurrent_accuracy$suffix") $Arguments
        }
        # The library of this machine alone; those of all platforms are put together by ./build.sh pack.
        'pack' { Build-All; Invoke-Tool dotnet 'pack', 'Recurrent.sln', '-c', 'Release', '--no-build', '-o', (Join-Path $artifacts 'packages') }
        'clean' { Remove-Item -Recurse -Force $artifacts -ErrorAction SilentlyContinue }
    }
}
finally {
    Pop-Location
}
