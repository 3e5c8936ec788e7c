// SPDX-License-Identifier: Apache-2.0
#include "controller/access/tenancy.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/manual_clock.hpp"

namespace slipway::access {
namespace {

using base::ErrorCode;

class TenancyTest : public ::testing::Test {
 protected:
  User user(const std::string& name, Role role = Role::kProjectMember) {
    return *users.add({.name = name, .role = role}, "hash");
  }
  fakes::ManualClock clock;
  std::unique_ptr<store::Database> database = store::Database::in_memory();
  Users users{*database, clock};
  Tenancy tenancy{*database, clock};
};

TEST_F(TenancyTest, DepartmentsAreNamedOnceAndFoundByIdAndName) {
  const auto made = tenancy.add_department("研发部");
  ASSERT_TRUE(made);
  EXPECT_EQ(tenancy.department(made->id.value)->name, "研发部");
  EXPECT_EQ(tenancy.department("研发部")->id, made->id);
  EXPECT_FALSE(tenancy.department("sales"));
  EXPECT_EQ(tenancy.add_department("研发部").error().code, ErrorCode::kConflict);
  for (const auto& bad : {std::string(), std::string(" x"), std::string("a\nb"), std::string("a/b"),
                          std::string(kMaxTenantNameBytes + 1, 'x')}) {
    EXPECT_EQ(tenancy.add_department(bad).error().field, "name") << bad;
  }
  (void)tenancy.add_department("sales");
  EXPECT_EQ(tenancy.rename(made->id, "sales").error().code, ErrorCode::kConflict);
  EXPECT_EQ(tenancy.rename(made->id, "研发部")->name, "研发部") << "its own name is free to it";
  EXPECT_EQ(tenancy.departments().size(), 2U);
}

TEST_F(TenancyTest, ADepartmentWithProjectsOrUsersStays) {
  const auto department = *tenancy.add_department("sales");
  const auto project = *tenancy.add_project(department, "shop");
  auto refused = tenancy.remove(department.id);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_NE(refused.error().message.find("shop"), std::string::npos) << refused.error().message;
  ASSERT_TRUE(tenancy.remove(project.id));
  const auto dan = *users.add(
      {.name = "dan", .role = Role::kDepartmentAdministrator, .department = department.id}, "hash");
  refused = tenancy.remove(department.id);
  EXPECT_NE(refused.error().message.find("dan"), std::string::npos) << refused.error().message;
  (void)user("root", Role::kAdministrator);
  ASSERT_TRUE(users.remove(dan.id));
  EXPECT_TRUE(tenancy.remove(department.id));
  EXPECT_EQ(tenancy.remove(department.id).error().code, ErrorCode::kNotFound);
}

TEST_F(TenancyTest, ProjectsAreNamedOnceInTheirDepartment) {
  const auto sales = *tenancy.add_department("sales");
  const auto lab = *tenancy.add_department("lab");
  const auto project = tenancy.add_project(sales, "test");
  ASSERT_TRUE(project);
  EXPECT_EQ(tenancy.add_project(sales, "test").error().code, ErrorCode::kConflict);
  EXPECT_TRUE(tenancy.add_project(lab, "test")) << "another department's is another project";
  EXPECT_EQ(tenancy.project(project->id)->department.name, "sales");
  EXPECT_EQ(tenancy.rename(project->id, "shop")->name, "shop");
  const auto all = tenancy.projects();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].department.name, "lab") << "by department and name";
}

TEST_F(TenancyTest, AMembershipHasARoleThatIsAtMostTheUsers) {
  const auto project = *tenancy.add_project(*tenancy.add_department("sales"), "shop");
  const auto ann = user("ann");
  const auto ray = user("ray", Role::kReadOnly);
  EXPECT_TRUE(tenancy.set_member(project.id, ann, Role::kProjectMember));
  EXPECT_EQ(tenancy.set_member(project.id, ray, Role::kProjectMember).error().field, "role");
  EXPECT_TRUE(tenancy.set_member(project.id, ray, Role::kReadOnly));
  EXPECT_EQ(tenancy.set_member(project.id, ann, Role::kAdministrator).error().field, "role");
  EXPECT_EQ(tenancy.set_member({"none"}, ann, Role::kReadOnly).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(tenancy.set_member(project.id, ann, Role::kReadOnly)) << "the role is changed";
  ASSERT_EQ(tenancy.members(project.id).size(), 2U);
  EXPECT_EQ(tenancy.members(project.id)[0].user.name, "ann");
  EXPECT_EQ(tenancy.memberships(ann.id)[0].role, Role::kReadOnly);
  EXPECT_TRUE(tenancy.remove_member(project.id, ann.id));
  EXPECT_EQ(tenancy.remove_member(project.id, ann.id).error().code, ErrorCode::kNotFound);
  (void)user("root", Role::kAdministrator);
  ASSERT_TRUE(users.remove(ray.id));
  EXPECT_TRUE(tenancy.members(project.id).empty()) << "a user goes with all memberships";
}

TEST_F(TenancyTest, MembershipsOfAUserAreBounded) {
  const auto department = *tenancy.add_department("sales");
  const auto ann = user("ann");
  for (std::size_t i = 0; i < kMaxProjectsOfUser; ++i) {
    const auto project = *tenancy.add_project(department, "p" + std::to_string(i));
    ASSERT_TRUE(tenancy.set_member(project.id, ann, Role::kReadOnly));
  }
  const auto over = *tenancy.add_project(department, "over");
  EXPECT_EQ(tenancy.set_member(over.id, ann, Role::kReadOnly).error().code, ErrorCode::kExhausted);
  EXPECT_TRUE(
      tenancy.set_member(tenancy.memberships(ann.id)[0].project.id, ann, Role::kProjectMember));
}

}  // namespace
}  // namespace slipway::access
