// SPDX-License-Identifier: Apache-2.0
#include "controller/access/rights.hpp"

#include <gtest/gtest.h>

namespace slipway::access {
namespace {

const Place kOwn{.cluster = "c", .project = {"p"}, .department = {"d"}};
const Place kForeign{.cluster = "c", .project = {"q"}, .department = {"e"}};
const Place kOfNone{.cluster = "c"};
const Rights kAdministrator{.role = Role::kAdministrator};
const Rights kOfDepartment{.role = Role::kDepartmentAdministrator, .department = {"d"}};
const Rights kMember{.role = Role::kProjectMember, .projects = {{{"p"}, Role::kProjectMember}}};
const Rights kReader{.role = Role::kReadOnly, .projects = {{{"p"}, Role::kProjectMember}}};
const Rights kReadingMember{.role = Role::kProjectMember, .projects = {{{"p"}, Role::kReadOnly}}};
const Rights kOfNothing{.role = Role::kProjectMember};

bool may(const Rights& who, Act act, const Place* where = nullptr, bool changes = false) {
  return decide(who, act, changes, where).has_value();
}

TEST(Rights, OnlyAdministratorsHaveTheManagementView) {
  EXPECT_TRUE(may(kAdministrator, Act::kAdminister));
  for (const auto& who : {kOfDepartment, kMember, kReader, kReadingMember, kOfNothing}) {
    const auto refused = decide(who, Act::kAdminister, false);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("only administrators"), std::string::npos);
    EXPECT_TRUE(may(who, Act::kLook));
    EXPECT_TRUE(may(who, Act::kAccount, nullptr, true)) << "the account is one's own";
    EXPECT_TRUE(may(who, Act::kMakeToken));
  }
}

TEST(Rights, ANamespaceIsItsProjectsItsDepartmentsAndTheAdministrators) {
  for (const auto act : {Act::kRead, Act::kWrite, Act::kExec}) {
    EXPECT_TRUE(may(kAdministrator, act, &kOfNone));
    EXPECT_TRUE(may(kOfDepartment, act, &kOwn));
    EXPECT_TRUE(may(kMember, act, &kOwn));
    EXPECT_EQ(may(kReader, act, &kOwn), act == Act::kRead);
    EXPECT_EQ(may(kReadingMember, act, &kOwn), act == Act::kRead);
    for (const auto& who : {kOfDepartment, kMember, kReader, kReadingMember, kOfNothing}) {
      EXPECT_FALSE(may(who, act, &kForeign));
      EXPECT_FALSE(may(who, act, &kOfNone)) << "of no project: the administrators'";
    }
  }
  EXPECT_FALSE(may({.role = Role::kDepartmentAdministrator}, Act::kRead, &kOfNone))
      << "two that are of no department have nothing in common";
}

TEST(Rights, ADepartmentsAdministratorsKeepItsNamespacesAndProjects) {
  for (const auto act : {Act::kKeepNamespaces, Act::kOrganise}) {
    EXPECT_TRUE(may(kAdministrator, act, &kOfNone, true));
    EXPECT_TRUE(may(kOfDepartment, act, nullptr, true));
    EXPECT_TRUE(may(kOfDepartment, act, &kOwn, true));
    EXPECT_FALSE(may(kOfDepartment, act, &kForeign, true));
    EXPECT_FALSE(may(kOfDepartment, act, &kOfNone, true));
    EXPECT_FALSE(may(kMember, act, &kOwn, true));
    EXPECT_FALSE(may(kReader, act));
  }
}

TEST(Rights, WithoutAPlaceOnlyWhoMayNowhereIsRefused) {
  EXPECT_TRUE(may(kMember, Act::kWrite));
  EXPECT_FALSE(may(kReader, Act::kWrite));
  EXPECT_FALSE(may(kReadingMember, Act::kExec));
  EXPECT_TRUE(may(kReadingMember, Act::kRead));
  EXPECT_FALSE(may(kOfNothing, Act::kRead));
}

TEST(Rights, ATokenThatOnlyReadsChangesNothingByAnyWay) {
  for (auto who : {kAdministrator, kOfDepartment, kMember}) {
    who.scope.read_only = true;
    EXPECT_TRUE(may(who, Act::kRead, &kOwn));
    for (const auto act : {Act::kWrite, Act::kExec, Act::kMakeToken}) {
      EXPECT_FALSE(may(who, act, &kOwn));
    }
    for (const auto act :
         {Act::kAdminister, Act::kOrganise, Act::kKeepNamespaces, Act::kAccount, Act::kLook}) {
      EXPECT_FALSE(may(who, act, &kOwn, true));
    }
    EXPECT_EQ(role_in(who, kOwn), Role::kReadOnly);
  }
}

TEST(Rights, ATokenOfAPlaceHasNoSayBeyondIt) {
  for (auto who : {kAdministrator, kOfDepartment, kMember}) {
    who.scope = {.cluster = "c"};
    EXPECT_TRUE(may(who, Act::kExec, &kOwn));
    const Place elsewhere{.cluster = "other", .project = {"p"}, .department = {"d"}};
    EXPECT_FALSE(may(who, Act::kRead, &elsewhere));
    for (const auto act : {Act::kAdminister, Act::kOrganise, Act::kMakeToken}) {
      EXPECT_FALSE(may(who, act)) << "it would reach beyond";
    }
    EXPECT_FALSE(may(who, Act::kAccount, nullptr, true));
    who.scope = {.project = {"q"}, .department = {"e"}};
    EXPECT_FALSE(may(who, Act::kRead, &kOwn));
  }
}

using Groups = std::vector<std::string>;

TEST(Rights, TheApiServerKnowsUsersByGroupsOfProjectsAndDepartments) {
  EXPECT_EQ(groups_of(kAdministrator, "c"), (Groups{"slipway:users", "slipway:administrators"}));
  EXPECT_EQ(groups_of(kOfDepartment, "c"),
            (Groups{"slipway:users", "slipway:d:department_administrator"}));
  EXPECT_EQ(groups_of(kMember, "c"), (Groups{"slipway:users", "slipway:p:project_member"}));
  EXPECT_EQ(groups_of(kReader, "c"), (Groups{"slipway:users", "slipway:p:read_only"}));
  EXPECT_EQ(groups_of(kReadingMember, "c"), (Groups{"slipway:users", "slipway:p:read_only"}));
  EXPECT_EQ(groups_of(kOfNothing, "c"), Groups{"slipway:users"});
}

TEST(Rights, ATokensLimitsAreLimitsOfItsGroups) {
  auto member = kMember;
  member.projects[{"q"}] = Role::kProjectMember;
  member.scope = {.read_only = true, .project = {"p"}, .department = {"d"}};
  EXPECT_EQ(groups_of(member, "c"), (Groups{"slipway:users", "slipway:p:read_only"}));
  member.scope = {.cluster = "other"};
  EXPECT_EQ(groups_of(member, "c"), Groups{"slipway:users"});
  auto admin = kAdministrator;
  admin.scope = {.project = {"p"}, .department = {"d"}};
  EXPECT_EQ(groups_of(admin, "c"), (Groups{"slipway:users", "slipway:p:project_member"}));
  auto of_department = kOfDepartment;
  of_department.scope = admin.scope;
  EXPECT_EQ(groups_of(of_department, "c"), (Groups{"slipway:users", "slipway:p:project_member"}));
  of_department.scope = {.project = {"q"}, .department = {"e"}};
  EXPECT_EQ(groups_of(of_department, "c"), Groups{"slipway:users"});
}

TEST(Rights, WhoComesWithNoLessIsCovered) {
  const Groups reader{"slipway:users", "slipway:p:read_only"};
  const Groups member{"slipway:users", "slipway:p:project_member"};
  const Groups administrator{"slipway:users", "slipway:administrators"};
  EXPECT_TRUE(covers(reader, reader));
  EXPECT_TRUE(covers(member, reader)) << "a member reads too";
  EXPECT_TRUE(covers(administrator, member));
  EXPECT_FALSE(covers(reader, member));
  EXPECT_FALSE(covers(member, administrator));
  EXPECT_FALSE(covers({"slipway:users", "slipway:q:project_member"}, reader)) << "elsewhere";
  EXPECT_FALSE(covers({"slipway:users"}, reader));
}

}  // namespace
}  // namespace slipway::access
